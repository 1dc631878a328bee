namespace QueryStream.Streams.State;

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
