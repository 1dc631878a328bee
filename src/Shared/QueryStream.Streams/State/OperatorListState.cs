namespace QueryStream.Streams.State;

/// <summary>
/// A list of one subtask, independent of keys. When a job is restored, the items of all subtasks are redistributed:
/// <see cref="OperatorStateContext.List{T}"/> gives each item to one subtask, <see cref="OperatorStateContext.UnionList{T}"/> gives all items to
/// every subtask. Used in turns of one task.
/// </summary>
/// <typeparam name="T">The items; must have a codec.</typeparam>
public abstract class OperatorListState<T>
{
    /// <summary>The number of items.</summary>
    public abstract int Count { get; }

    /// <summary>The items, in order of insertion. Valid until the list changes.</summary>
    public abstract ReadOnlySpan<T> Values { get; }

    /// <summary>Adds an item at the end.</summary>
    public abstract void Add(in T value);

    /// <summary>Replaces all items. The argument may be a part of <see cref="Values"/>.</summary>
    public abstract void Replace(ReadOnlySpan<T> values);

    /// <summary>Removes all items.</summary>
    public abstract void Clear();
}
