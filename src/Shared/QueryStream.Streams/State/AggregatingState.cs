namespace QueryStream.Streams.State;

/// <summary>An aggregate a key, of the key that is being processed. In turns of one task.</summary>
/// <typeparam name="TIn">What is added.</typeparam>
/// <typeparam name="TOut">The result.</typeparam>
public abstract class AggregatingState<TIn, TOut>
{
    /// <summary>Whether something was added since the last <see cref="Clear"/>, and has not expired.</summary>
    public abstract bool HasValue { get; }

    /// <summary>The result of what was added so far; of nothing where nothing was.</summary>
    public abstract TOut Result { get; }

    /// <summary>Adds a row.</summary>
    public abstract void Add(in TIn row);

    /// <summary>Begins anew.</summary>
    public abstract void Clear();
}
