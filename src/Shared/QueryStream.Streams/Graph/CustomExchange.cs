using QueryStream.Core.Errors;

namespace QueryStream.Streams.Graph;

/// <summary>Spreads rows as the job wants it.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="partition">The subtask of a row, of so many.</param>
internal sealed class CustomExchange<T>(Func<T, int, int> partition) : PartitionExchange<T>
{
    /// <inheritdoc/>
    public override string Strategy => "CUSTOM";

    /// <inheritdoc/>
    public override void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            int receiver = partition(rows[i], subtasks);
            receivers[i] = (uint)receiver < (uint)subtasks
                ? receiver
                : throw new PartitionException(receiver, subtasks);
        }
    }
}
