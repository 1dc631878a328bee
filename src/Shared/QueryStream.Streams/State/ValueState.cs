namespace QueryStream.Streams.State;

/// <summary>
/// One value a key. Reads and writes that of the key of the row or timer that is being processed. A value is changed by setting it anew:
/// what is done to the inside of a mutable object without that may not be in the next snapshot. In turns of one task.
/// </summary>
/// <typeparam name="T">The value; needs a codec.</typeparam>
public abstract class ValueState<T>
{
    /// <summary>Whether the key has a value that has not expired.</summary>
    public abstract bool HasValue { get; }

    /// <summary>The key's value; <c>default</c> where it has none.</summary>
    public abstract T? Value { get; set; }

    /// <summary>Forgets the key's value.</summary>
    public abstract void Clear();
}
