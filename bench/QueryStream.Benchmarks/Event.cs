using QueryStream.Streams;

namespace QueryStream.Benchmarks;

/// <summary>A row of the benchmarks.</summary>
/// <param name="Key">One of <see cref="MeteredSource.Keys"/>.</param>
/// <param name="Value">Any number.</param>
[StreamRecord]
public readonly record struct Event(int Key, long Value);
