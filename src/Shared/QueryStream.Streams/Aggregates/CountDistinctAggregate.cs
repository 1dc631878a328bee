using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of an exact count of distinct values.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public struct DistinctState<TValue>
{
    internal ValueSet<TValue>? Values;
}

/// <summary>Counts distinct values exactly; null does not count.</summary>
internal sealed class CountDistinctAggregate<TIn, TValue>(Func<TIn, TValue> value) : Aggregate<TIn, DistinctState<TValue>, long>
{
    public override void Add(ref DistinctState<TValue> accumulator, in TIn row)
    {
        TValue one = value(row);
        if (one is not null)
        {
            (accumulator.Values ??= new ValueSet<TValue>()).Add(one);
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref DistinctState<TValue> into, ref DistinctState<TValue> from)
    {
        // Adds the smaller set to the larger one, since both may be changed.
        if (into.Values is null || (from.Values is not null && from.Values.Count > into.Values.Count))
        {
            (into, from) = (from, into);
        }

        MergeCopy(ref into, from);
    }

    public override void MergeCopy(ref DistinctState<TValue> into, in DistinctState<TValue> from)
    {
        if (from.Values is not null)
        {
            (into.Values ??= new ValueSet<TValue>()).UnionWith(from.Values);
        }
    }

    public override DistinctState<TValue> Copy(in DistinctState<TValue> accumulator)
    {
        DistinctState<TValue> copy = default;
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public override DistinctState<TValue> Fork(in DistinctState<TValue> accumulator) => new() { Values = accumulator.Values?.Fork() };

    public override long Result(ref DistinctState<TValue> accumulator, bool isFinal) => accumulator.Values?.Count ?? 0;

    public override long SizeOf(in DistinctState<TValue> accumulator) => accumulator.Values?.SizeInBytes ?? 0;
}
