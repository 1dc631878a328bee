using System.Runtime.CompilerServices;
using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// A way to fold rows into a value. Stateless: what it folds into is an accumulator that the engine keeps for each window and key.
/// <c>default</c> is the empty accumulator. Rows are folded where they arise, and partial accumulators are merged after the
/// exchange, in any order; so merging must be associative and commutative. An aggregate that cannot be merged says so
/// (<see cref="IsMergeable"/>), and costs more.
/// </summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TAccumulator">What they are folded into: a struct, which may refer to objects that it alone owns.</typeparam>
/// <typeparam name="TOut">The value.</typeparam>
public abstract class Aggregate<TIn, TAccumulator, TOut>
    where TAccumulator : struct
{
    /// <summary>Whether accumulators can be merged. Where not, windows keep their rows and fold them when a result is due.</summary>
    public virtual bool IsMergeable => true;

    /// <summary>Folds a row in.</summary>
    public abstract void Add(ref TAccumulator accumulator, in TIn row);

    /// <summary>Folds a row in whose event time counts. What the engine calls.</summary>
    public virtual void Add(ref TAccumulator accumulator, in TIn row, EventTime time) => Add(ref accumulator, row);

    /// <summary>Throws where a row cannot be folded, whatever came before it. Costs as much as folding it.</summary>
    public virtual void Check(in TIn row, EventTime time)
    {
        TAccumulator unused = default;
        Add(ref unused, row, time);
    }

    /// <summary>Folds another accumulator in, and may take over the objects that it refers to; it is not used again.</summary>
    public abstract void Merge(ref TAccumulator into, ref TAccumulator from);

    /// <summary>Folds another accumulator in, which stays as it is: windows that overlap are made of the same accumulators.</summary>
    public virtual void MergeCopy(ref TAccumulator into, in TAccumulator from)
    {
        TAccumulator copy = Copy(from);
        Merge(ref into, ref copy);
    }

    /// <summary>
    /// A copy that shares nothing with the original that either will change. Unless overridden, structs that refer to objects go
    /// through their codec, which is slow.
    /// </summary>
    public virtual TAccumulator Copy(in TAccumulator accumulator)
    {
        if (!RuntimeHelpers.IsReferenceOrContainsReferences<TAccumulator>())
        {
            return accumulator;
        }

        CodecWriter writer = new();
        Codec<TAccumulator>.Instance.Write(writer, accumulator);
        return Codec<TAccumulator>.Instance.Read(new CodecReader(writer.Written.ToArray()));
    }

    /// <summary>The value of what was folded in so far. The accumulator goes on to be used.</summary>
    /// <param name="accumulator">The accumulator.</param>
    /// <param name="isFinal">Whether the window has closed; false for an early result.</param>
    public abstract TOut Result(ref TAccumulator accumulator, bool isFinal);

    /// <summary>Bytes beyond the struct itself that the accumulator owns; for flow control and limits, so an estimate will do.</summary>
    public virtual long SizeOf(in TAccumulator accumulator) => 0;

    /// <summary>Folds a batch in, each row into an accumulator of its own. One virtual call a batch instead of one a row.</summary>
    public virtual void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
        where TAccumulators : struct, IAccumulators<TAccumulator>, allows ref struct
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i], times[i]);
        }
    }
}
