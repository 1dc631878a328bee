namespace QueryStream.Streams.Graph;

/// <summary>Spreads rows over the subtasks in a way that keeps no key together.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class PartitionExchange<T> : Exchange
{
    /// <summary>Chooses a subtask for each row. Called in turns of several tasks: keeps nothing itself.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="subtasks">How many subtasks there are.</param>
    /// <param name="next">What the sending subtask keeps for it from call to call; begins at its own index.</param>
    /// <param name="receivers">Takes the subtask of each row.</param>
    public abstract void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers);
}
