using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Counts distinct texts exactly; missing ones do not count.</summary>
internal sealed class DistinctAggregate<TIn>(Func<TIn, Text> value) : Aggregate<TIn, DistinctState, long>
{
    public override void Add(ref DistinctState accumulator, in TIn row)
    {
        Text text = value(row);
        if (text.HasValue)
        {
            (accumulator.Texts ??= new TextSet()).Add(text);
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

    public override void Merge(ref DistinctState into, ref DistinctState from)
    {
        // The smaller set goes into the larger one; both belong to the caller.
        if (into.Texts is null || (from.Texts is not null && from.Texts.Count > into.Texts.Count))
        {
            (into, from) = (from, into);
        }

        if (from.Texts is not null)
        {
            into.Texts!.UnionWith(from.Texts);
        }
    }

    public override void MergeCopy(ref DistinctState into, in DistinctState from)
    {
        if (from.Texts is not null)
        {
            (into.Texts ??= new TextSet()).UnionWith(from.Texts);
        }
    }

    public override DistinctState Copy(in DistinctState accumulator)
    {
        DistinctState copy = default;
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public override long Result(ref DistinctState accumulator, bool isFinal) => accumulator.Texts?.Count ?? 0;

    public override long SizeOf(in DistinctState accumulator) => accumulator.Texts?.SizeInBytes ?? 0;
}
