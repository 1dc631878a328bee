using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers by the key group of their key.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
/// <param name="exchange">Takes the keys.</param>
/// <param name="routing">Which receiver has which key group.</param>
internal sealed class KeyLink<T>(OutputEdge edge, int index, KeyExchange<T> exchange, RoutingTable routing) : SpreadLink<T>(edge, index)
{
    private readonly int[] _receivers = new int[Batch.MaxRows];
    private readonly ulong[] _hashes = new ulong[Batch.MaxRows];

    public override void OnBatch(Batch<T> batch)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Span<ulong> hashes = _hashes.AsSpan(0, rows.Length);
        try
        {
            exchange.Hash(rows, hashes);
        }
        catch (Exception) when (Blame?.Invoke(batch, Culprit(batch)) ?? false)
        {
            // Blame never catches.
            throw;
        }

        Begin(batch);
        Span<int> receivers = _receivers.AsSpan(0, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            receivers[i] = routing.SubtaskOf(hashes[i]);
            Add(receivers[i], rows[i], times[i], exchange.PayloadBytes(rows[i]));
        }

        End(receivers);
    }

    // The keys are taken of all rows at once; which of them it was shows when they are taken one by one.
    private int Culprit(Batch<T> batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            try
            {
                exchange.Hash(batch.Rows.Slice(row, 1), _hashes);
            }
            catch (Exception)
            {
                // What is being thrown already is what counts.
                return row;
            }
        }

        return 0;
    }
}
