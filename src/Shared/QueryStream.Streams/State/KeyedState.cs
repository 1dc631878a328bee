namespace QueryStream.Streams.State;

/// <summary>
/// One value per key, for the key of the row or timer that is being processed. To change a value, set it: changes inside of a mutable object may be
/// missing in the next snapshot otherwise. Used in turns of one task.
/// </summary>
/// <typeparam name="T">The value; must have a codec.</typeparam>
public abstract class ValueState<T>
{
    /// <summary>Whether the key has a value that has not expired.</summary>
    public abstract bool HasValue { get; }

    /// <summary>The value of the key; <c>default</c> if it has none.</summary>
    public abstract T? Value { get; set; }

    /// <summary>Removes the value of the key.</summary>
    public abstract void Clear();
}

/// <summary>One list per key, for the key that is being processed. It expires as a whole. Used in turns of one task.</summary>
/// <typeparam name="T">The values; must have a codec.</typeparam>
public abstract class ListState<T>
{
    /// <summary>The number of values.</summary>
    public abstract int Count { get; }

    /// <summary>The values, in order of insertion. Valid until the list changes.</summary>
    public abstract ReadOnlySpan<T> Values { get; }

    /// <summary>Adds a value at the end.</summary>
    public abstract void Add(in T value);

    /// <summary>
    /// Replaces all values; without values it is the same as <see cref="Clear"/>. The argument may be a part of <see cref="Values"/>.
    /// </summary>
    public abstract void Replace(ReadOnlySpan<T> values);

    /// <summary>Removes the values of the key.</summary>
    public abstract void Clear();
}

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

/// <summary>One aggregate per key, for the key that is being processed. Used in turns of one task.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The result.</typeparam>
public abstract class AggregatingState<TIn, TOut>
{
    /// <summary>Whether a row was added since the last <see cref="Clear"/>, and has not expired.</summary>
    public abstract bool HasValue { get; }

    /// <summary>The result of the rows added so far, which may be none.</summary>
    public abstract TOut Result { get; }

    /// <summary>Adds a row.</summary>
    public abstract void Add(in TIn row);

    /// <summary>Removes the accumulator.</summary>
    public abstract void Clear();
}
