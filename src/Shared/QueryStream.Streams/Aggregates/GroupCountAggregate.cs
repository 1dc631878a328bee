using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of counts by group.</summary>
public struct GroupCountState
{
    internal GroupCountTable? Table;

    /// <summary>The number of groups in the last final result.</summary>
    internal int Closed;
}

/// <summary>Counts rows by group, all groups of a window in one result.</summary>
internal sealed class GroupCountAggregate<TIn>(Func<TIn, Text> group) : Aggregate<TIn, GroupCountState, GroupCounts>
{
    public override void Add(ref GroupCountState accumulator, in TIn row) => (accumulator.Table ??= new GroupCountTable()).Add(group(row), 1);

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref GroupCountState into, ref GroupCountState from)
    {
        // The target keeps its order of groups: Closed is a prefix of it.
        if (into.Table is null)
        {
            into.Table = from.Table;
        }
        else if (from.Table is not null)
        {
            into.Table.Merge(from.Table);
        }
    }

    public override void MergeCopy(ref GroupCountState into, in GroupCountState from)
    {
        if (from.Table is not null)
        {
            (into.Table ??= new GroupCountTable()).Merge(from.Table);
        }
    }

    public override GroupCountState Copy(in GroupCountState accumulator)
    {
        GroupCountState copy = new() { Closed = accumulator.Closed };
        MergeCopy(ref copy, accumulator);
        return copy;
    }

    public override GroupCounts Result(ref GroupCountState accumulator, bool isFinal)
    {
        GroupCounts counts = new(accumulator.Table, accumulator.Closed);
        if (isFinal)
        {
            accumulator.Closed = counts.Groups;
        }

        return counts;
    }

    public override long SizeOf(in GroupCountState accumulator) => accumulator.Table?.Bytes ?? 0;
}
