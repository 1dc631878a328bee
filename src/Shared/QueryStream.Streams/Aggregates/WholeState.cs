namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of an exact sum or average of whole numbers. More of them than a sum of this size has room for cannot come.</summary>
public struct WholeState
{
    internal Int128 Sum;
    internal long Count;
}
