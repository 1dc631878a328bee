using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of a first or last value.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public struct EdgeState<TValue>
{
    internal TValue Value;
    internal EventTime Time;
    internal bool HasValue;
}
