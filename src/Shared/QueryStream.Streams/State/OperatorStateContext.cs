namespace QueryStream.Streams.State;

/// <summary>
/// Where a function declares state that belongs to its subtask and not to a key, when it opens. Names are unique in the function and tie the
/// state to what a snapshot holds.
/// </summary>
public abstract class OperatorStateContext
{
    /// <summary>Which subtask this is, from 0.</summary>
    public abstract int Subtask { get; }

    /// <summary>How many subtasks there are.</summary>
    public abstract int Parallelism { get; }

    /// <summary>A list. Filled after <c>Open</c> and before the first row, where a job is restored.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract OperatorListState<T> List<T>(string name);

    /// <summary>As <see cref="List{T}"/>, but where a job is restored every subtask gets the items of all of them, and keeps what it wants.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract OperatorListState<T> UnionList<T>(string name);
}

/// <summary>As <see cref="OperatorStateContext"/>, of a function with a broadcast input.</summary>
public abstract class BroadcastStateContext : OperatorStateContext
{
    /// <summary>A map that broadcast rows fill.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or a type has no codec.</exception>
    public abstract BroadcastState<TName, TValue> Broadcast<TName, TValue>(string name)
        where TName : notnull;
}
