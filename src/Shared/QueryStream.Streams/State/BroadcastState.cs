namespace QueryStream.Streams.State;

/// <summary>
/// A map that every subtask has alike, since all of them see the same broadcast rows: written where those come in, read everywhere. What is
/// written must follow from the broadcast rows alone; a snapshot keeps one copy. In turns of one task.
/// </summary>
/// <typeparam name="TName">The map's keys; need a codec, and to be possible as keys.</typeparam>
/// <typeparam name="TValue">The values; need a codec.</typeparam>
public abstract class BroadcastState<TName, TValue>
    where TName : notnull
{
    /// <summary>The number of entries.</summary>
    public abstract int Count { get; }

    /// <summary>The entries, in the order in which they were added first. The map must not be changed meanwhile.</summary>
    public abstract IEnumerable<KeyValuePair<TName, TValue>> Entries { get; }

    /// <summary>Finds an entry.</summary>
    public abstract bool TryGet(TName name, out TValue value);

    /// <summary>Adds an entry or changes it.</summary>
    /// <exception cref="InvalidOperationException">No broadcast row is being processed.</exception>
    public abstract void Set(TName name, TValue value);

    /// <summary>Forgets an entry.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">No broadcast row is being processed.</exception>
    public abstract bool Remove(TName name);

    /// <summary>Forgets all entries.</summary>
    /// <exception cref="InvalidOperationException">No broadcast row is being processed.</exception>
    public abstract void Clear();
}
