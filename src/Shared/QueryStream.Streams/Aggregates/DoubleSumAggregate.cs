using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a sum or average of doubles.</summary>
public struct DoubleSumState
{
    internal DoubleSum Sum;
    internal long Count;
}

/// <summary>The sum or average of doubles, without NaN. Null if there are none, or if it is not finite.</summary>
internal sealed class DoubleSumAggregate<TIn>(Func<TIn, double?> value, bool isAverage) : Aggregate<TIn, DoubleSumState, double?>
{
    public override void Add(ref DoubleSumState accumulator, in TIn row) => Add(ref accumulator, value(row));

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        // In a local, as in the sum of integers.
        Func<TIn, double?> number = value;
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], number(rows[i]));
        }
    }

    public override void Merge(ref DoubleSumState into, ref DoubleSumState from)
    {
        into.Sum.Add(from.Sum);
        into.Count += from.Count;
    }

    public override double? Result(ref DoubleSumState accumulator, bool isFinal) =>
        accumulator.Count == 0 ? null
        : isAverage ? accumulator.Sum.DividedBy(accumulator.Count)
        : accumulator.Sum.Total();

    private static void Add(ref DoubleSumState accumulator, double? number)
    {
        if (number.HasValue && !double.IsNaN(number.GetValueOrDefault()))
        {
            accumulator.Sum.Add(number.GetValueOrDefault());
            accumulator.Count++;
        }
    }
}
