using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.State;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>
/// Finds the row of a batch for which an aggregation threw. An aggregation adds many rows in one call, so the row is not known when it throws. This
/// calls the functions of the job again, row by row, with accumulators of its own. Used only when the task fails.
/// </summary>
internal static class FailedRow
{
    /// <summary>Finds the row.</summary>
    /// <param name="aggregation">The aggregation.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="current">Copies the accumulator of a key and time; null if there is none.</param>
    /// <returns>The index of the row; -1 if it is not found.</returns>
    public static int Find<T, TKey, TAccumulator, TOut>(
        WindowAggregation<T, TKey, TAccumulator, TOut> aggregation, Batch<T> batch, Func<TKey, ulong, EventTime, TAccumulator?> current)
        where TAccumulator : struct
    {
        Replay<T, TKey, TAccumulator, TOut> replay = new(aggregation, batch);
        for (int row = 0; row < batch.Count; row++)
        {
            if (replay.ThrowsAlone(row))
            {
                return row;
            }
        }

        for (int row = 0; row < batch.Count; row++)
        {
            if (replay.ThrowsAfterThoseBefore(row))
            {
                return row;
            }
        }

        // The accumulators already hold some of the rows, so the result is certain only if exactly one row throws.
        int found = -1;
        for (int row = 0; row < batch.Count; row++)
        {
            if (replay.ThrowsOn(row, current))
            {
                if (found >= 0)
                {
                    return -1;
                }

                found = row;
            }
        }

        return found;
    }

    private sealed class Replay<T, TKey, TAccumulator, TOut>(WindowAggregation<T, TKey, TAccumulator, TOut> aggregation, Batch<T> batch)
        where TAccumulator : struct
    {
        private readonly KeyTable<TKey> _keys = new(new CaptureVersions());
        private readonly TAccumulator[] _accumulators = new TAccumulator[Batch.MaxRows];
        private readonly TAccumulator[] _one = new TAccumulator[1];

        public bool ThrowsAlone(int row) => Throws(() =>
        {
            HashOf(KeyOf(row));
            _one[0] = default;
            Add(row, _one, 0);
        });

        public bool ThrowsAfterThoseBefore(int row) => Throws(() =>
        {
            TKey key = KeyOf(row);
            Add(row, _accumulators, _keys.FindOrAdd(key, HashOf(key)));
        });

        public bool ThrowsOn(int row, Func<TKey, ulong, EventTime, TAccumulator?> current)
        {
            try
            {
                TKey key = KeyOf(row);
                if (current(key, HashOf(key), batch.Times[row]) is not { } copy)
                {
                    return false;
                }

                _one[0] = copy;
            }
            catch (Exception)
            {
                // Without a copy this row cannot be tried.
                return false;
            }

            return Throws(() => Add(row, _one, 0));
        }

        private static ulong HashOf(in TKey key) => KeyType<TKey>.Instance.HashOfRow(key);

        private static bool Throws(Action action)
        {
            try
            {
                action();
                return false;
            }
            catch (Exception)
            {
                // The first exception is the one to report.
                return true;
            }
        }

        private TKey KeyOf(int row) => aggregation.Key(batch.Rows[row]);

        private void Add(int row, TAccumulator[] accumulators, int slot)
        {
            Span<int> slots = [slot];
            SlotAccumulators<TAccumulator> one = new(accumulators, slots);
            aggregation.Aggregate.AddBatch(one, batch.Rows.Slice(row, 1), batch.Times.Slice(row, 1));
        }
    }
}
