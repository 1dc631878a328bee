using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a quantile.</summary>
public struct QuantileState
{
    internal QuantileSketch? Sketch;
}

/// <summary>A quantile by nearest rank within a relative error, without null and NaN. Null if there are no values.</summary>
internal sealed class QuantileAggregate<TIn>(Func<TIn, double?> value, double quantile, double relativeError)
    : Aggregate<TIn, QuantileState, double?>
{
    public override void Add(ref QuantileState accumulator, in TIn row)
    {
        double? number = value(row);
        if (number.HasValue && !double.IsNaN(number.GetValueOrDefault()))
        {
            (accumulator.Sketch ??= new QuantileSketch(relativeError)).Add(number.GetValueOrDefault());
        }
    }

    public override void AddBatch<TAccumulators>(TAccumulators accumulators, ReadOnlySpan<TIn> rows, ReadOnlySpan<EventTime> times)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Add(ref accumulators[i], rows[i]);
        }
    }

    public override void Merge(ref QuantileState into, ref QuantileState from)
    {
        if (into.Sketch is null)
        {
            into = from;
        }
        else if (from.Sketch is not null)
        {
            into.Sketch.Merge(from.Sketch);
        }
    }

    public override void MergeCopy(ref QuantileState into, in QuantileState from)
    {
        if (into.Sketch is not null && from.Sketch is not null)
        {
            into.Sketch.Merge(from.Sketch);
        }
        else if (from.Sketch is not null)
        {
            into = Copy(from);
        }
    }

    public override QuantileState Copy(in QuantileState accumulator) => new() { Sketch = accumulator.Sketch?.Copy() };

    public override double? Result(ref QuantileState accumulator, bool isFinal) => accumulator.Sketch?.Quantile(quantile);

    public override long SizeOf(in QuantileState accumulator) => accumulator.Sketch?.Bytes ?? 0;
}
