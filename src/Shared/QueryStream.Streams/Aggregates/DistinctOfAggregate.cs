using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Counts distinct values exactly; null does not count.</summary>
internal sealed class DistinctOfAggregate<TIn, TValue>(Func<TIn, TValue> value) : Aggregate<TIn, DistinctOfState<TValue>, long>
{
    public override void Add(ref DistinctOfState<TValue> accumulator, in TIn row)
    {
        TValue one = value(row);
        if (one is not null)
        {
            (accumulator.Values ??= new ValueSet<TValue>()).Add(one);
        }
    }

    // Here as in the others: in a sealed class the calls are no virtual ones.
    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref DistinctOfState<TValue> into, ref DistinctOfState<TValue> from)
    {
        // The smaller set goes into the larger one; both belong to the caller.
        if (into.Values is null || (from.Values is not null && from.Values.Count > into.Values.Count))
        {
            (into, from) = (from, into);
        }

        MergeCopy(ref into, from);
    }

    public override void MergeCopy(ref DistinctOfState<TValue> into, in DistinctOfState<TValue> from)
    {
        if (from.Values is not null)
        {
            (into.Values ??= new ValueSet<TValue>()).UnionWith(from.Values);
        }
    }

    public override DistinctOfState<TValue> Copy(in DistinctOfState<TValue> accumulator)
    {
        DistinctOfState<TValue> copy = default;
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public override long Result(ref DistinctOfState<TValue> accumulator, bool isFinal) => accumulator.Values?.Count ?? 0;

    public override long SizeOf(in DistinctOfState<TValue> accumulator) => accumulator.Values?.SizeInBytes ?? 0;
}
