using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a sum or average of integers. 128 bits hold the sum of 2^63 values of 64 bits, so it never overflows.</summary>
public struct IntegerSumState
{
    internal Int128 Sum;
    internal long Count;
}

/// <summary>A function of the exact sum and count of integers; null if there are none.</summary>
/// <param name="value">The number in a row, or null.</param>
/// <param name="result">Computes the result. The count is greater than 0.</param>
internal sealed class IntegerSumAggregate<TIn, TNumber>(Func<TIn, long?> value, Func<IntegerSumState, TNumber?> result)
    : Aggregate<TIn, IntegerSumState, TNumber?>
    where TNumber : struct
{
    public override void Add(ref IntegerSumState accumulator, in TIn row) => Add(ref accumulator, value(row));

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        // In a local: a loop over a function that cannot change is compiled once more for the one that is usually called, without calls.
        Func<TIn, long?> number = value;
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], number(rows[i]));
        }
    }

    public override void Merge(ref IntegerSumState into, ref IntegerSumState from)
    {
        into.Sum += from.Sum;
        into.Count += from.Count;
    }

    public override TNumber? Result(ref IntegerSumState accumulator, bool isFinal) => accumulator.Count == 0 ? null : result(accumulator);

    private static void Add(ref IntegerSumState accumulator, long? number)
    {
        if (number.HasValue)
        {
            accumulator.Sum += number.GetValueOrDefault();
            accumulator.Count++;
        }
    }
}
