namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a reduction: one row, made of all so far.</summary>
/// <typeparam name="T">The rows.</typeparam>
public struct ReduceState<T>
{
    internal T Row;
    internal bool HasRow;
}
