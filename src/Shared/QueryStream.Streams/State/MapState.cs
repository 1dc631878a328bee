namespace QueryStream.Streams.State;

/// <summary>One map per key, for the key that is being processed. Each entry expires by itself. Used in turns of one task.</summary>
/// <typeparam name="TName">The map's keys; must have a codec and a key type.</typeparam>
/// <typeparam name="TValue">The values; must have a codec.</typeparam>
public abstract class MapState<TName, TValue>
    where TName : notnull
{
    /// <summary>The number of entries that have not expired.</summary>
    public abstract int Count { get; }

    /// <summary>The entries, in any order. The map must not change during the enumeration.</summary>
    public abstract IEnumerable<KeyValuePair<TName, TValue>> Entries { get; }

    /// <summary>Finds an entry.</summary>
    public abstract bool TryGet(TName name, out TValue value);

    /// <summary>Adds or replaces an entry.</summary>
    public abstract void Set(TName name, TValue value);

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether there was one.</returns>
    public abstract bool Remove(TName name);

    /// <summary>Removes all entries of the key.</summary>
    public abstract void Clear();
}
