using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of an exact distinct count.</summary>
public struct DistinctState
{
    internal TextSet? Texts;
}
