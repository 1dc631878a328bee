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

/// <summary>
/// A map with the same content on every subtask: it is written only while broadcast rows are processed, and can be read everywhere. Its content must
/// depend on the broadcast rows only, since a snapshot contains one copy. Used in turns of one task.
/// </summary>
/// <typeparam name="TName">The map's keys; must have a codec and a key type.</typeparam>
/// <typeparam name="TValue">The values; must have a codec.</typeparam>
public abstract class BroadcastState<TName, TValue>
    where TName : notnull
{
    /// <summary>The number of entries.</summary>
    public abstract int Count { get; }

    /// <summary>The entries, in order of insertion. The map must not change during the enumeration.</summary>
    public abstract IEnumerable<KeyValuePair<TName, TValue>> Entries { get; }

    /// <summary>Finds an entry.</summary>
    public abstract bool TryGet(TName name, out TValue value);

    /// <summary>Adds or replaces an entry.</summary>
    /// <exception cref="InvalidOperationException">No broadcast row is being processed.</exception>
    public abstract void Set(TName name, TValue value);

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">No broadcast row is being processed.</exception>
    public abstract bool Remove(TName name);

    /// <summary>Removes all entries.</summary>
    /// <exception cref="InvalidOperationException">No broadcast row is being processed.</exception>
    public abstract void Clear();
}
