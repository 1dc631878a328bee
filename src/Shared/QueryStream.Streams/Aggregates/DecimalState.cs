namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a sum or average of decimal numbers.</summary>
public struct DecimalState
{
    internal decimal Sum;
    internal long Count;
}
