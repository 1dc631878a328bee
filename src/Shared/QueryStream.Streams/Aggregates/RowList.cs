namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of all rows.</summary>
/// <typeparam name="T">The rows.</typeparam>
public struct RowList<T>
{
    internal RowBuffer<T>? Rows;
}
