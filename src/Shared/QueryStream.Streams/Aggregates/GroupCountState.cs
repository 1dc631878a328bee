namespace QueryStream.Streams.Aggregates;

/// <summary>The accumulator of counts by group.</summary>
public struct GroupCountState
{
    internal GroupCountTable? Table;

    /// <summary>How many groups the last final result has shown.</summary>
    internal int Closed;
}
