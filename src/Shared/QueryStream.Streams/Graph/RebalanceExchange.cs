namespace QueryStream.Streams.Graph;

/// <summary>Gives each subtask in turn a row.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class RebalanceExchange<T> : PartitionExchange<T>
{
    /// <inheritdoc/>
    public override string Strategy => "REBALANCE";

    /// <inheritdoc/>
    public override void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            receivers[i] = next;
            next = next + 1 == subtasks ? 0 : next + 1;
        }
    }
}
