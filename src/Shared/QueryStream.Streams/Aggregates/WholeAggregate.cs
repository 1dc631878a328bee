using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Adds up whole numbers exactly.</summary>
/// <param name="value">The number of a row, or null.</param>
/// <param name="result">What is made of the sum and the count, which is not 0 then.</param>
internal sealed class WholeAggregate<TIn, TNumber>(Func<TIn, long?> value, Func<WholeState, TNumber> result) : Aggregate<TIn, WholeState, TNumber?>
    where TNumber : struct
{
    public override void Add(ref WholeState accumulator, in TIn row)
    {
        long? number = value(row);
        if (number.HasValue)
        {
            accumulator.Sum += number.GetValueOrDefault();
            accumulator.Count++;
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

    public override void Merge(ref WholeState into, ref WholeState from)
    {
        into.Sum += from.Sum;
        into.Count += from.Count;
    }

    public override TNumber? Result(ref WholeState accumulator, bool isFinal) => accumulator.Count == 0 ? null : result(accumulator);
}
