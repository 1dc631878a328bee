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
