namespace QueryStream.Streams.State;

/// <summary>A list of values a key, of the key that is being processed. It expires as a whole. In turns of one task.</summary>
/// <typeparam name="T">The values; need a codec.</typeparam>
public abstract class ListState<T>
{
    /// <summary>The number of values.</summary>
    public abstract int Count { get; }

    /// <summary>The values, in the order in which they were added. Valid until the list is changed.</summary>
    public abstract ReadOnlySpan<T> Values { get; }

    /// <summary>Adds a value at the end.</summary>
    public abstract void Add(in T value);

    /// <summary>Puts other values in the place of all; none is the same as <see cref="Clear"/>. May be given a part of <see cref="Values"/>.</summary>
    public abstract void Replace(ReadOnlySpan<T> values);

    /// <summary>Forgets the key's values.</summary>
    public abstract void Clear();
}
