namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a smallest or largest value.</summary>
public struct ExtremeState
{
    internal double Value;
    internal bool HasValue;
}
