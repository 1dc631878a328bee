using System.Runtime.CompilerServices;
using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// Aggregates rows to a value. It is stateless: the engine keeps an accumulator for each window and key; <c>default</c> is the empty accumulator.
/// Rows are pre-aggregated before the exchange and the partial accumulators are merged after it, in any order, so merging must be associative and
/// commutative. If it cannot be, <see cref="IsMergeable"/> is false, which costs more. Called by several threads, for different accumulators.
/// </summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TAccumulator">The accumulator: a struct. It may refer to objects that it does not share.</typeparam>
/// <typeparam name="TOut">The value.</typeparam>
public abstract class Aggregate<TIn, TAccumulator, TOut>
    where TAccumulator : struct
{
    /// <summary>Whether accumulators can be merged. If not, windows keep their rows and aggregate them when they fire.</summary>
    public virtual bool IsMergeable => true;

    /// <summary>Adds a row to an accumulator.</summary>
    public abstract void Add(ref TAccumulator accumulator, in TIn row);

    /// <summary>Adds a row with its event time. The engine calls this overload.</summary>
    public virtual void Add(ref TAccumulator accumulator, in TIn row, EventTime time) => Add(ref accumulator, row);

    /// <summary>Throws for a row that cannot be added to any accumulator. Costs as much as adding the row.</summary>
    public virtual void Check(in TIn row, EventTime time)
    {
        TAccumulator unused = default;
        Add(ref unused, row, time);
    }

    /// <summary>Merges an accumulator into another one. It may take over its objects, since <paramref name="from"/> is not used again.</summary>
    public abstract void Merge(ref TAccumulator into, ref TAccumulator from);

    /// <summary>
    /// Merges an accumulator into another one and leaves <paramref name="from"/> unchanged: overlapping windows share accumulators.
    /// </summary>
    public virtual void MergeCopy(ref TAccumulator into, in TAccumulator from)
    {
        TAccumulator copy = Copy(from);
        Merge(ref into, ref copy);
    }

    /// <summary>
    /// A copy that shares no mutable object with the original. The default encodes and decodes structs with references, which is slow.
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

    /// <summary>
    /// An accumulator that replaces the given one, which another thread then only reads to write a checkpoint. The default is <see cref="Copy"/>;
    /// accumulators that only grow can share their content.
    /// </summary>
    public virtual TAccumulator Fork(in TAccumulator accumulator) => Copy(accumulator);

    /// <summary>The value of the rows so far. The accumulator may still get rows.</summary>
    /// <param name="accumulator">The accumulator.</param>
    /// <param name="isFinal">Whether the window has closed; false for an early result.</param>
    public abstract TOut Result(ref TAccumulator accumulator, bool isFinal);

    /// <summary>The estimated bytes that the accumulator owns beyond the struct, for flow control and limits.</summary>
    public virtual long SizeOf(in TAccumulator accumulator) => 0;

    /// <summary>
    /// Adds each row of a batch to its accumulator. Sealed classes override it with the same loop, so that the only virtual call is one per batch.
    /// </summary>
    public virtual void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
        where TAccumulators : struct, IAccumulators<TAccumulator>, allows ref struct
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i], times[i]);
        }
    }
}
