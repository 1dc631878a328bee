namespace QueryStream.Streams.State;

/// <summary>A map a key, of the key that is being processed. Each entry expires by itself. In turns of one task.</summary>
/// <typeparam name="TName">The map's own keys; need a codec, and to be possible as keys.</typeparam>
/// <typeparam name="TValue">The values; need a codec.</typeparam>
public abstract class MapState<TName, TValue>
    where TName : notnull
{
    /// <summary>The number of entries that have not expired.</summary>
    public abstract int Count { get; }

    /// <summary>The entries, in no promised order. The map must not be changed meanwhile.</summary>
    public abstract IEnumerable<KeyValuePair<TName, TValue>> Entries { get; }

    /// <summary>Finds an entry.</summary>
    public abstract bool TryGet(TName name, out TValue value);

    /// <summary>Adds an entry or changes it.</summary>
    public abstract void Set(TName name, TValue value);

    /// <summary>Forgets an entry.</summary>
    /// <returns>Whether there was one.</returns>
    public abstract bool Remove(TName name);

    /// <summary>Forgets all of the key's entries.</summary>
    public abstract void Clear();
}
