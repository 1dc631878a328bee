using QueryStream.Core.Time;

namespace QueryStream.Streams.Graph;

/// <summary>What the first phase of a window aggregation sends: the accumulator of one key and slice of time, from one subtask.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator; the receiver owns what it refers to.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Hash">Its stable hash.</param>
/// <param name="SliceEnd">The end of the slice.</param>
/// <param name="Accumulator">The accumulator.</param>
public readonly record struct Partial<TKey, TAccumulator>(TKey Key, ulong Hash, EventTime SliceEnd, TAccumulator Accumulator)
    where TAccumulator : struct;
