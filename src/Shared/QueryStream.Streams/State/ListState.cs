namespace QueryStream.Streams.State;

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
