namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a quantile.</summary>
public struct QuantileState
{
    internal QuantileSketch? Sketch;
}
