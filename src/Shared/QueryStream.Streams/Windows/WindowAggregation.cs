using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Windows;

/// <summary>What a window aggregation computes: shared by both of its phases.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <typeparam name="TOut">The value of a window.</typeparam>
/// <param name="Key">Takes the key from a row.</param>
/// <param name="Settings">The windows.</param>
/// <param name="Aggregate">The fold.</param>
public sealed record WindowAggregation<T, TKey, TAccumulator, TOut>(
    Func<T, TKey> Key, WindowSettings Settings, Aggregate<T, TAccumulator, TOut> Aggregate)
    where TAccumulator : struct;
