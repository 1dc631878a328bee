namespace QueryStream.Streams.State;

/// <summary>
/// Declares the operator state of a function, which belongs to its subtask and not to a key, in its <c>Open</c>. A name is unique in the function,
/// and identifies the state in snapshots.
/// </summary>
public abstract class OperatorStateContext
{
    /// <summary>The index of the subtask, from 0.</summary>
    public abstract int Subtask { get; }

    /// <summary>The number of subtasks.</summary>
    public abstract int Parallelism { get; }

    /// <summary>Declares a list. In a restored job it is filled after <c>Open</c> and before the first row.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract OperatorListState<T> List<T>(string name);

    /// <summary>As <see cref="List{T}"/>, but in a restored job every subtask gets the items of all subtasks.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or the type has no codec.</exception>
    public abstract OperatorListState<T> UnionList<T>(string name);
}

/// <summary>As <see cref="OperatorStateContext"/>, for functions with a broadcast input.</summary>
public abstract class BroadcastStateContext : OperatorStateContext
{
    /// <summary>Declares a map that is written by broadcast rows.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The name is taken, or a type has no codec.</exception>
    public abstract BroadcastState<TName, TValue> Broadcast<TName, TValue>(string name)
        where TName : notnull;
}
