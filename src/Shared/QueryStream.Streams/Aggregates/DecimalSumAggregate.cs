using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// The accumulator of a sum or average of decimals: <c>Sum + Overflows * 14e28</c>, since a sum may leave the range of decimals and return.
/// </summary>
public struct DecimalSumState
{
    internal decimal Sum;
    internal long Count;
    internal long Overflows;
}

/// <summary>The sum or average of decimals, exact up to 28 digits. Null if there are none, or if it does not fit into a decimal.</summary>
/// <param name="value">The number in a row, or null.</param>
/// <param name="isAverage">Whether the result is the average instead of the sum.</param>
internal sealed class DecimalSumAggregate<TIn>(Func<TIn, decimal?> value, bool isAverage) : Aggregate<TIn, DecimalSumState, decimal?>
{
    // Slightly less than the largest decimal.
    private const decimal Unit = 7e28m;

    public override void Add(ref DecimalSumState accumulator, in TIn row)
    {
        decimal? number = value(row);
        if (number.HasValue)
        {
            Add(ref accumulator, number.GetValueOrDefault());
            accumulator.Count++;
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref DecimalSumState into, ref DecimalSumState from)
    {
        Add(ref into, from.Sum);
        into.Count += from.Count;
        into.Overflows += from.Overflows;
    }

    public override decimal? Result(ref DecimalSumState accumulator, bool isFinal)
    {
        if (accumulator.Count == 0)
        {
            return null;
        }

        long count = isAverage ? accumulator.Count : 1;
        try
        {
            decimal result = accumulator.Sum / count;
            decimal overflow = accumulator.Overflows == 0 ? 0 : accumulator.Overflows * (Unit / count);
            return result + overflow + overflow;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static void Add(ref DecimalSumState accumulator, decimal number)
    {
        try
        {
            accumulator.Sum += number;
        }
        catch (OverflowException)
        {
            // Both have the same sign, since the sum overflows.
            decimal unit = decimal.CopySign(Unit, number);
            accumulator.Sum = accumulator.Sum - unit + (number - unit);
            accumulator.Overflows += Math.Sign(number);
        }
    }
}
