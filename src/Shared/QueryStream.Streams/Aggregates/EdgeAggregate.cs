using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The value of the row that is the first or the last by event time; of rows of one time, of the one that came first or last.</summary>
internal sealed class EdgeAggregate<TIn, TValue>(Func<TIn, TValue> value, bool isLast) : Aggregate<TIn, EdgeState<TValue>, TValue?>
{
    public override void Add(ref EdgeState<TValue> accumulator, in TIn row) => Add(ref accumulator, row, default);

    public override void Add(ref EdgeState<TValue> accumulator, in TIn row, EventTime time)
    {
        if (IsBetter(time, accumulator))
        {
            accumulator = new() { Value = KeptValue<TValue>.Of(value(row)), Time = time, HasValue = true };
        }
    }

    // Here as in the others: in a sealed class the calls are no virtual ones.
    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i], times[i]);
        }
    }

    public override void Merge(ref EdgeState<TValue> into, ref EdgeState<TValue> from) => MergeCopy(ref into, from);

    public override void MergeCopy(ref EdgeState<TValue> into, in EdgeState<TValue> from)
    {
        if (from.HasValue && IsBetter(from.Time, into))
        {
            into = from;
        }
    }

    public override EdgeState<TValue> Copy(in EdgeState<TValue> accumulator) => accumulator;

    public override TValue? Result(ref EdgeState<TValue> accumulator, bool isFinal) => accumulator.Value;

    private bool IsBetter(EventTime time, in EdgeState<TValue> accumulator) =>
        !accumulator.HasValue || (isLast ? time >= accumulator.Time : time < accumulator.Time);
}
