using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The smallest or the largest of the values that are there; null where there are none.</summary>
internal sealed class ExtremeAggregate<TIn>(Func<TIn, double?> value, bool largest) : Aggregate<TIn, ExtremeState, double?>
{
    public override void Add(ref ExtremeState accumulator, in TIn row)
    {
        double? number = value(row);
        if (number.HasValue && !double.IsNaN(number.GetValueOrDefault()))
        {
            Take(ref accumulator, number.GetValueOrDefault());
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

    public override void Merge(ref ExtremeState into, ref ExtremeState from)
    {
        if (from.HasValue)
        {
            Take(ref into, from.Value);
        }
    }

    public override double? Result(ref ExtremeState accumulator, bool isFinal) => accumulator.HasValue ? accumulator.Value : null;

    private void Take(ref ExtremeState accumulator, double number)
    {
        if (!accumulator.HasValue || (largest ? number > accumulator.Value : number < accumulator.Value))
        {
            accumulator.Value = number;
            accumulator.HasValue = true;
        }
    }
}
