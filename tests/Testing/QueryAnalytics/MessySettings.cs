namespace QueryStream.Testing.QueryAnalytics;

/// <summary>The settings of <see cref="MessyQueries"/>.</summary>
public sealed record MessySettings
{
    /// <summary>The seed of all random choices.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number of records.</summary>
    public int Count { get; init; } = 1_000;

    /// <summary>The number of partitions, filled round-robin.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>The first event time, in milliseconds since 1970.</summary>
    public long Start { get; init; } = 1_765_279_800_000;

    /// <summary>The event time between two records, in milliseconds.</summary>
    public double Step { get; init; } = 100;

    /// <summary>How much older than an earlier record a record may be, in milliseconds. Beyond the job's out-of-orderness it may be late.</summary>
    public int Disorder { get; init; } = 1_000;

    /// <summary>The number of dead letters per thousand records, of all kinds in turn.</summary>
    public int BadPerMille { get; init; } = 20;
}
