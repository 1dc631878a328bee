using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers without a key.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
/// <param name="exchange">Chooses the receivers.</param>
/// <param name="subtask">Who sends: so that not all senders begin with the same receiver.</param>
internal sealed class PartitionLink<T>(OutputEdge edge, int index, PartitionExchange<T> exchange, int subtask) : SpreadLink<T>(edge, index)
{
    private readonly int[] _receivers = new int[Batch.MaxRows];
    private readonly int _count = edge.Channels.Length;
    private int _next = subtask % edge.Channels.Length;

    public override void OnBatch(Batch<T> batch)
    {
        ReadOnlySpan<T> rows = batch.Rows;
        ReadOnlySpan<EventTime> times = batch.Times;
        Span<int> receivers = _receivers.AsSpan(0, rows.Length);
        try
        {
            exchange.Choose(rows, _count, ref _next, receivers);
        }
        catch (Exception) when (Blame?.Invoke(batch, Culprit(batch)) ?? false)
        {
            // Blame never catches.
            throw;
        }

        Begin(batch);
        for (int i = 0; i < rows.Length; i++)
        {
            Add(receivers[i], rows[i], times[i], payloadBytes: 0);
        }

        End(receivers);
    }

    // They are chosen for all rows at once; which of them it was shows when they are taken one by one.
    private int Culprit(Batch<T> batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            try
            {
                exchange.Choose(batch.Rows.Slice(row, 1), _count, ref _next, _receivers);
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
