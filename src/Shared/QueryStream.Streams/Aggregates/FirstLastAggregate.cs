using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a first or last value.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public struct FirstLastState<TValue>
{
    internal TValue Value;
    internal EventTime Time;
    internal bool HasValue;
}

/// <summary>The value of the first or last row by event time; among rows of the same time, of the one that arrived first or last.</summary>
internal sealed class FirstLastAggregate<TIn, TValue>(Func<TIn, TValue> value, bool isLast) : Aggregate<TIn, FirstLastState<TValue>, TValue>
{
    public override void Add(ref FirstLastState<TValue> accumulator, in TIn row) => Add(ref accumulator, row, default);

    public override void Add(ref FirstLastState<TValue> accumulator, in TIn row, EventTime time)
    {
        if (Outranks(time, accumulator))
        {
            accumulator = new() { Value = KeptValue<TValue>.Of(value(row)), Time = time, HasValue = true };
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i], times[i]);
        }
    }

    public override void Merge(ref FirstLastState<TValue> into, ref FirstLastState<TValue> from) => MergeCopy(ref into, from);

    public override void MergeCopy(ref FirstLastState<TValue> into, in FirstLastState<TValue> from)
    {
        if (from.HasValue && Outranks(from.Time, into))
        {
            into = from;
        }
    }

    public override FirstLastState<TValue> Copy(in FirstLastState<TValue> accumulator) => accumulator;

    public override TValue Result(ref FirstLastState<TValue> accumulator, bool isFinal) => accumulator.Value;

    private bool Outranks(EventTime time, in FirstLastState<TValue> accumulator) =>
        !accumulator.HasValue || (isLast ? time >= accumulator.Time : time < accumulator.Time);
}
