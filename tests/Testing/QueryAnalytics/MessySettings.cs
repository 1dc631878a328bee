namespace QueryStream.Testing.QueryAnalytics;

/// <summary>How much of a mess <see cref="MessyQueries"/> makes.</summary>
public sealed record MessySettings
{
    /// <summary>Decides everything.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many records.</summary>
    public int Count { get; init; } = 1_000;

    /// <summary>Over how many partitions, in turn.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>The first event time, in milliseconds since 1970.</summary>
    public long Start { get; init; } = 1_765_279_800_000;

    /// <summary>How much of event time lies between two records, in milliseconds.</summary>
    public double Step { get; init; } = 100;

    /// <summary>How much older a record may be than the newest before it, in milliseconds: beyond the job's out-of-orderness it may be late.</summary>
    public int Disorder { get; init; } = 1_000;

    /// <summary>How many of a thousand records are dead letters, of all kinds in turn.</summary>
    public int BadPerMille { get; init; } = 20;
}
