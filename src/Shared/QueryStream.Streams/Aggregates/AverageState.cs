namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of an average.</summary>
public struct AverageState
{
    internal double Sum;
    internal long Count;
}
