using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a reduction: the row that all rows so far are reduced to.</summary>
/// <typeparam name="T">The rows.</typeparam>
public struct ReduceState<T>
{
    internal T Row;
    internal bool HasRow;
}

/// <summary>Reduces rows to one, two at a time.</summary>
internal sealed class ReduceAggregate<TIn>(Func<TIn, TIn, TIn> reduce) : Aggregate<TIn, ReduceState<TIn>, TIn>
{
    public override void Add(ref ReduceState<TIn> accumulator, in TIn row) =>
        accumulator = new() { Row = KeptValue<TIn>.Of(accumulator.HasRow ? reduce(accumulator.Row, row) : row), HasRow = true };

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref ReduceState<TIn> into, ref ReduceState<TIn> from) => MergeCopy(ref into, from);

    public override void MergeCopy(ref ReduceState<TIn> into, in ReduceState<TIn> from)
    {
        if (from.HasRow)
        {
            into = into.HasRow ? new() { Row = reduce(into.Row, from.Row), HasRow = true } : from;
        }
    }

    public override ReduceState<TIn> Copy(in ReduceState<TIn> accumulator) => accumulator;

    public override TIn Result(ref ReduceState<TIn> accumulator, bool isFinal) => accumulator.Row;
}
