namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of the rows that are foremost in some order.</summary>
/// <typeparam name="T">The rows.</typeparam>
public struct TopState<T>
{
    // In order, the foremost first.
    internal RowBuffer<T>? Rows;
}
