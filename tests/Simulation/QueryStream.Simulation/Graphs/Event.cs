using QueryStream.Streams;

namespace QueryStream.Simulation.Graphs;

/// <summary>A row of the input.</summary>
/// <param name="Id">From 1, unique over both topics.</param>
/// <param name="Key">The key.</param>
/// <param name="Time">The event time in milliseconds.</param>
[StreamRecord]
public readonly record struct Event(long Id, int Key, long Time);
