using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a smallest or largest double.</summary>
public struct DoubleMinMaxState
{
    internal double Value;
    internal bool HasValue;
}

/// <summary>The accumulator of a smallest or largest value.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public struct MinMaxState<TValue>
{
    internal TValue Value;
    internal bool HasValue;
}

/// <summary>The smallest or largest double, without NaN. Null if there is none.</summary>
internal sealed class DoubleMinMaxAggregate<TIn>(Func<TIn, double?> value, bool isMax) : Aggregate<TIn, DoubleMinMaxState, double?>
{
    public override void Add(ref DoubleMinMaxState accumulator, in TIn row)
    {
        double? number = value(row);
        if (number.HasValue && !double.IsNaN(number.GetValueOrDefault()))
        {
            Add(ref accumulator, number.GetValueOrDefault());
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref DoubleMinMaxState into, ref DoubleMinMaxState from)
    {
        if (from.HasValue)
        {
            Add(ref into, from.Value);
        }
    }

    public override double? Result(ref DoubleMinMaxState accumulator, bool isFinal) => accumulator.HasValue ? accumulator.Value : null;

    private void Add(ref DoubleMinMaxState accumulator, double number)
    {
        if (!accumulator.HasValue || (isMax ? number > accumulator.Value : number < accumulator.Value))
        {
            accumulator.Value = number;
            accumulator.HasValue = true;
        }
    }
}

/// <summary>The smallest or largest value.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
/// <typeparam name="TOut">The result: the value, or its nullable form.</typeparam>
/// <param name="value">The value of a row.</param>
/// <param name="sign">1 for the largest value, -1 for the smallest.</param>
/// <param name="result">Computes the result.</param>
internal sealed class MinMaxAggregate<TIn, TValue, TOut>(
    Func<TIn, (bool HasValue, TValue Value)> value, int sign, Func<MinMaxState<TValue>, TOut> result)
    : Aggregate<TIn, MinMaxState<TValue>, TOut>
{
    public override void Add(ref MinMaxState<TValue> accumulator, in TIn row)
    {
        (bool hasValue, TValue candidate) = value(row);
        if (hasValue && Outranks(candidate, accumulator))
        {
            accumulator = new() { Value = KeptValue<TValue>.Of(candidate), HasValue = true };
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref MinMaxState<TValue> into, ref MinMaxState<TValue> from) => MergeCopy(ref into, from);

    public override void MergeCopy(ref MinMaxState<TValue> into, in MinMaxState<TValue> from)
    {
        if (from.HasValue && Outranks(from.Value, into))
        {
            into = from;
        }
    }

    public override MinMaxState<TValue> Copy(in MinMaxState<TValue> accumulator) => accumulator;

    public override TOut Result(ref MinMaxState<TValue> accumulator, bool isFinal) => result(accumulator);

    private bool Outranks(TValue candidate, in MinMaxState<TValue> accumulator) =>
        !accumulator.HasValue || Math.Sign(OrdinalOrder<TValue>.Compare(candidate, accumulator.Value)) == sign;
}
