namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a smallest or largest value of any type that has an order.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public struct BestState<TValue>
{
    internal TValue Value;
    internal bool HasValue;
}
