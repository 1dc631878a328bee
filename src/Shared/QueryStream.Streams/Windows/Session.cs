namespace QueryStream.Streams.Windows;

/// <summary>
/// Windows made by a key's own rows: rows at most a gap apart are in one session, which ends a gap after its last row. A row between two sessions
/// merges them. Rows are not pre-aggregated before the exchange.
/// </summary>
public sealed record Session : Windowing
{
    private Session(long gap) => GapMilliseconds = gap;

    /// <summary>The gap.</summary>
    public long GapMilliseconds { get; }

    /// <summary>Sessions with this gap.</summary>
    /// <param name="gap">1 ms to 10,000 days, in whole milliseconds: rows this far apart are in one session, those further apart in two.</param>
    /// <exception cref="Core.Errors.JobDefinitionException">The gap is out of its range.</exception>
    public static Session WithGap(TimeSpan gap) => new(WindowDurations.Check("A session", "its gap", gap));

    /// <inheritdoc/>
    public override string ToString() => $"Session({WindowDurations.Format(GapMilliseconds, 0)})";
}
