namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of an exact distinct count of values of any type that can be a key.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public struct DistinctOfState<TValue>
{
    internal ValueSet<TValue>? Values;
}
