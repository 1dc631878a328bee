namespace QueryStream.Streams.State;

/// <summary>
/// A list of one subtask that belongs to no key. When a job is restored, the items of all subtasks are dealt out anew over the subtasks that
/// there are then, each to one of them, or all of them to each: that was decided where the list was declared. In turns of one task.
/// </summary>
/// <typeparam name="T">The items; need a codec.</typeparam>
public abstract class OperatorListState<T>
{
    /// <summary>The number of items.</summary>
    public abstract int Count { get; }

    /// <summary>The items, in the order in which they were added. Valid until the list is changed.</summary>
    public abstract ReadOnlySpan<T> Values { get; }

    /// <summary>Adds an item at the end.</summary>
    public abstract void Add(in T value);

    /// <summary>Puts other items in the place of all. May be given a part of <see cref="Values"/>.</summary>
    public abstract void Replace(ReadOnlySpan<T> values);

    /// <summary>Forgets all items.</summary>
    public abstract void Clear();
}
