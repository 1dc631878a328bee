using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of the top rows in some order.</summary>
/// <typeparam name="T">The rows.</typeparam>
public struct TopState<T>
{
    // Sorted, the top row first.
    internal RowBuffer<T>? Rows;
}

/// <summary>The top rows; ties are ordered by event time, then by arrival.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOrder">The value that rows are ordered by.</typeparam>
/// <param name="count">How many rows.</param>
/// <param name="by">The value to order rows by.</param>
/// <param name="sign">1: the largest come first; -1: the smallest.</param>
internal sealed class TopAggregate<TIn, TOrder>(int count, Func<TIn, TOrder> by, int sign) : Aggregate<TIn, TopState<TIn>, IReadOnlyList<TIn>>
{
    public override void Add(ref TopState<TIn> accumulator, in TIn row) => Add(ref accumulator, row, default);

    public override void Add(ref TopState<TIn> accumulator, in TIn row, EventTime time)
    {
        int place = PlaceOf(accumulator, row, time);
        if (place < count)
        {
            Insert(ref accumulator, place, KeptValue<TIn>.Of(row), time);
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i], times[i]);
        }
    }

    public override void Merge(ref TopState<TIn> into, ref TopState<TIn> from) => MergeCopy(ref into, from);

    public override void MergeCopy(ref TopState<TIn> into, in TopState<TIn> from)
    {
        for (int i = 0; i < (from.Rows?.Count ?? 0); i++)
        {
            int place = PlaceOf(into, from.Rows!.Rows[i], from.Rows.Times[i]);
            if (place == count)
            {
                // The rows are sorted, so the rest does not rank higher.
                return;
            }

            Insert(ref into, place, from.Rows.Rows[i], from.Rows.Times[i]);
        }
    }

    public override TopState<TIn> Copy(in TopState<TIn> accumulator)
    {
        TopState<TIn> copy = default;
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public override TopState<TIn> Fork(in TopState<TIn> accumulator) => new() { Rows = accumulator.Rows?.Fork() };

    public override IReadOnlyList<TIn> Result(ref TopState<TIn> accumulator, bool isFinal) => accumulator.Rows?.Rows.ToArray() ?? [];

    public override long SizeOf(in TopState<TIn> accumulator) => accumulator.Rows?.Bytes ?? 0;

    private void Insert(ref TopState<TIn> accumulator, int place, in TIn row, EventTime time)
    {
        RowBuffer<TIn> rows = accumulator.Rows ??= new RowBuffer<TIn>();
        if (rows.Count == count)
        {
            rows.RemoveLast();
        }

        rows.Insert(place, row, time);
    }

    // The index after all rows that rank higher or equal. Compares the last row first, since most rows do not rank above it.
    private int PlaceOf(in TopState<TIn> accumulator, in TIn row, EventTime time)
    {
        if (accumulator.Rows is not { Count: > 0 } rows)
        {
            return 0;
        }

        TOrder order = by(row);
        int low = 0;
        int high = rows.Count;
        if (!IsBefore(order, time, rows, high - 1))
        {
            return high;
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = IsBefore(order, time, rows, middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private bool IsBefore(TOrder order, EventTime time, RowBuffer<TIn> rows, int index)
    {
        int compared = Math.Sign(OrdinalOrder<TOrder>.Compare(order, by(rows.Rows[index]))) * sign;
        return compared > 0 || (compared == 0 && time < rows.Times[index]);
    }
}
