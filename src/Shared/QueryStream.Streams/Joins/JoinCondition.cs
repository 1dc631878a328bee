namespace QueryStream.Streams.Joins;

/// <summary>Which rows of one key belong together in time: <see cref="WithinInterval"/>, <see cref="InWindow"/> or <see cref="AsOfTime"/>.</summary>
public abstract record JoinCondition
{
    // Operators know these kinds and no others.
    private protected JoinCondition()
    {
    }

    /// <summary>As in plans and errors: <c>Interval(-1min, 5s)</c>. Part of the graph's fingerprint.</summary>
    public abstract override string ToString();
}
