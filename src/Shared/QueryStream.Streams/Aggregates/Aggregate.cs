using System.Runtime.CompilerServices;
using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// Folds rows into a value. Stateless: the engine keeps an accumulator for each window and key, and <c>default</c> is the empty one. Rows are
/// folded before the exchange, and the partial accumulators are merged behind it, in any order; so merging must be associative and commutative.
/// An aggregate that cannot be merged says so (<see cref="IsMergeable"/>), and costs more. Called by several threads, for different accumulators.
/// </summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TAccumulator">The accumulator: a struct, which may refer to objects that it alone owns.</typeparam>
/// <typeparam name="TOut">The value.</typeparam>
public abstract class Aggregate<TIn, TAccumulator, TOut>
    where TAccumulator : struct
{
    /// <summary>Whether accumulators can be merged. If not, windows keep their rows and fold them when a result is due.</summary>
    public virtual bool IsMergeable => true;

    /// <summary>Adds a row to an accumulator.</summary>
    public abstract void Add(ref TAccumulator accumulator, in TIn row);

    /// <summary>Adds a row with its event time. The engine calls this one.</summary>
    public virtual void Add(ref TAccumulator accumulator, in TIn row, EventTime time) => Add(ref accumulator, row);

    /// <summary>Throws for a row that cannot be added to any accumulator. Costs as much as adding it.</summary>
    public virtual void Check(in TIn row, EventTime time)
    {
        TAccumulator unused = default;
        Add(ref unused, row, time);
    }

    /// <summary>Adds an accumulator to another one, and may take over the objects that it refers to: it is not used again.</summary>
    public abstract void Merge(ref TAccumulator into, ref TAccumulator from);

    /// <summary>Adds an accumulator to another one and leaves it unchanged: windows that overlap share accumulators.</summary>
    public virtual void MergeCopy(ref TAccumulator into, in TAccumulator from)
    {
        TAccumulator copy = Copy(from);
        Merge(ref into, ref copy);
    }

    /// <summary>
    /// A copy that shares no mutable object with the original. Unless overridden, structs that refer to objects go through their codec, which
    /// is slow.
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
    /// An accumulator to go on with, in the place of one that is only read from now on, on another thread: a checkpoint writes it. Unless overridden
    /// it is a <see cref="Copy"/>; accumulators that only grow can share what is there.
    /// </summary>
    public virtual TAccumulator Fork(in TAccumulator accumulator) => Copy(accumulator);

    /// <summary>The value of the rows so far. The accumulator is used further.</summary>
    /// <param name="accumulator">The accumulator.</param>
    /// <param name="isFinal">Whether the window has closed; false for an early result.</param>
    public abstract TOut Result(ref TAccumulator accumulator, bool isFinal);

    /// <summary>Bytes that the accumulator owns beyond the struct itself. An estimate, for flow control and limits.</summary>
    public virtual long SizeOf(in TAccumulator accumulator) => 0;

    /// <summary>
    /// Adds each row of a batch to its accumulator. Sealed classes repeat this loop in an override: their calls of Add are then direct, and the
    /// only virtual call is that for the batch.
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
