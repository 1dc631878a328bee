using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The smallest or the largest of values that have an order.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
/// <typeparam name="TOut">The result: the value, or its nullable form.</typeparam>
/// <param name="value">The value of a row.</param>
/// <param name="sign">1 for the largest, -1 for the smallest.</param>
/// <param name="result">Gives the value in the form of the result.</param>
internal sealed class BestAggregate<TIn, TValue, TOut>(Func<TIn, (bool HasValue, TValue Value)> value, int sign, Func<BestState<TValue>, TOut> result)
    : Aggregate<TIn, BestState<TValue>, TOut>
    where TValue : IComparable<TValue>
{
    public override void Add(ref BestState<TValue> accumulator, in TIn row)
    {
        (bool hasValue, TValue candidate) = value(row);
        if (hasValue && IsBetter(candidate, accumulator))
        {
            accumulator = new() { Value = KeptValue<TValue>.Of(candidate), HasValue = true };
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

    public override void Merge(ref BestState<TValue> into, ref BestState<TValue> from) => MergeCopy(ref into, from);

    public override void MergeCopy(ref BestState<TValue> into, in BestState<TValue> from)
    {
        if (from.HasValue && IsBetter(from.Value, into))
        {
            into = from;
        }
    }

    public override BestState<TValue> Copy(in BestState<TValue> accumulator) => accumulator;

    public override TOut Result(ref BestState<TValue> accumulator, bool isFinal) => result(accumulator);

    private bool IsBetter(TValue candidate, in BestState<TValue> accumulator) =>
        !accumulator.HasValue || Math.Sign(candidate.CompareTo(accumulator.Value)) == sign;
}
