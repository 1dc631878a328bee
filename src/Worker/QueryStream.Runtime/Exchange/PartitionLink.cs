using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>A link that spreads rows over several receivers without a key.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="edge">The edge.</param>
/// <param name="index">Which of its links this is.</param>
/// <param name="exchange">Chooses the receivers.</param>
/// <param name="subtask">The sending subtask, so that subtasks begin with different receivers.</param>
/// <param name="owner">For errors.</param>
internal sealed class PartitionLink<T>(OutputEdge edge, int index, PartitionExchange<T> exchange, int subtask, LinkOwner owner)
    : SpreadLink<T>(edge, index, owner)
{
    private readonly int _count = edge.Channels.Length;
    private int _next = subtask % edge.Channels.Length;

    protected override void Route(ReadOnlySpan<T> rows, Span<int> receivers) => exchange.Choose(rows, _count, ref _next, receivers);
}
