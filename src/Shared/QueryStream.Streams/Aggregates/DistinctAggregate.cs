using QueryStream.Core.Texts;

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

    public override long Result(ref DistinctState accumulator, bool isFinal) => accumulator.Texts?.Count ?? 0;

    public override long SizeOf(in DistinctState accumulator) => accumulator.Texts?.SizeInBytes ?? 0;
}
