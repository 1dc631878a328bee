namespace QueryStream.Streams.Aggregates;

/// <summary>
/// A way to fold rows into a value. Stateless: what it folds into is an accumulator that the engine keeps for each window and key.
/// <c>default</c> is the empty accumulator. Rows are folded where they arise, and partial accumulators are merged after the
/// exchange, in any order; so merging must be associative and commutative.
/// </summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TAccumulator">What they are folded into: a struct, which may refer to objects that it alone owns.</typeparam>
/// <typeparam name="TOut">The value.</typeparam>
public abstract class Aggregate<TIn, TAccumulator, TOut>
    where TAccumulator : struct
{
    /// <summary>Folds a row in.</summary>
    public abstract void Add(ref TAccumulator accumulator, in TIn row);

    /// <summary>Folds another accumulator in, and may take over the objects that it refers to; it is not used again.</summary>
    public abstract void Merge(ref TAccumulator into, ref TAccumulator from);

    /// <summary>The value of what was folded in so far. The accumulator goes on to be used.</summary>
    /// <param name="accumulator">The accumulator.</param>
    /// <param name="isFinal">Whether the window has closed; false for an early result.</param>
    public abstract TOut Result(ref TAccumulator accumulator, bool isFinal);

    /// <summary>Bytes beyond the struct itself that the accumulator owns; for flow control and limits, so an estimate will do.</summary>
    public virtual long SizeOf(in TAccumulator accumulator) => 0;

    /// <summary>Folds a batch in: row <c>i</c> into the accumulator at <c>slots[i]</c>. One virtual call a batch instead of one a row.</summary>
    public virtual void AddBatch(TAccumulator[] accumulators, ReadOnlySpan<int> slots, ReadOnlySpan<TIn> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[slots[i]], rows[i]);
        }
    }
}
