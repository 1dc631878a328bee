using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Adds up decimal numbers: exactly, as long as the sum has at most 28 digits.</summary>
/// <param name="value">The number of a row, or null.</param>
/// <param name="isAverage">Whether the average is wanted, and not the sum.</param>
internal sealed class DecimalAggregate<TIn>(Func<TIn, decimal?> value, bool isAverage) : Aggregate<TIn, DecimalState, decimal?>
{
    public override void Add(ref DecimalState accumulator, in TIn row)
    {
        decimal? number = value(row);
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

    public override void Merge(ref DecimalState into, ref DecimalState from)
    {
        into.Sum += from.Sum;
        into.Count += from.Count;
    }

    public override decimal? Result(ref DecimalState accumulator, bool isFinal) =>
        accumulator.Count == 0 ? null : isAverage ? accumulator.Sum / accumulator.Count : accumulator.Sum;
}
