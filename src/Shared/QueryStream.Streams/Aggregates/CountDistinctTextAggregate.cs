using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of an exact count of distinct texts.</summary>
public struct DistinctTextState
{
    internal TextSet? Texts;
}

/// <summary>Counts distinct texts exactly; missing ones do not count.</summary>
internal sealed class CountDistinctTextAggregate<TIn>(Func<TIn, Text> value) : Aggregate<TIn, DistinctTextState, long>
{
    public override void Add(ref DistinctTextState accumulator, in TIn row)
    {
        Text text = value(row);
        if (text.HasValue)
        {
            (accumulator.Texts ??= new TextSet()).Add(text);
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref DistinctTextState into, ref DistinctTextState from)
    {
        // Adds the smaller set to the larger one, since both may be changed.
        if (into.Texts is null || (from.Texts is not null && from.Texts.Count > into.Texts.Count))
        {
            (into, from) = (from, into);
        }

        if (from.Texts is not null)
        {
            into.Texts!.UnionWith(from.Texts);
        }
    }

    public override void MergeCopy(ref DistinctTextState into, in DistinctTextState from)
    {
        if (from.Texts is not null)
        {
            (into.Texts ??= new TextSet()).UnionWith(from.Texts);
        }
    }

    public override DistinctTextState Copy(in DistinctTextState accumulator)
    {
        DistinctTextState copy = default;
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public override DistinctTextState Fork(in DistinctTextState accumulator) => new() { Texts = accumulator.Texts?.Fork() };

    public override long Result(ref DistinctTextState accumulator, bool isFinal) => accumulator.Texts?.Count ?? 0;

    public override long SizeOf(in DistinctTextState accumulator) => accumulator.Texts?.SizeInBytes ?? 0;
}
