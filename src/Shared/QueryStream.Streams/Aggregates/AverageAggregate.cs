using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Averages the values that are there, or adds them up; null where there are none.</summary>
internal sealed class AverageAggregate<TIn>(Func<TIn, double?> value, bool isAverage) : Aggregate<TIn, AverageState, double?>
{
    public override void Add(ref AverageState accumulator, in TIn row)
    {
        double? number = value(row);
        if (number.HasValue && !double.IsNaN(number.GetValueOrDefault()))
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

    public override void Merge(ref AverageState into, ref AverageState from)
    {
        into.Sum += from.Sum;
        into.Count += from.Count;
    }

    public override double? Result(ref AverageState accumulator, bool isFinal) =>
        accumulator.Count == 0 ? null : isAverage ? accumulator.Sum / accumulator.Count : accumulator.Sum;
}
