using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics.Generation;

namespace QueryStream.JobSubmit.Producing;

/// <summary>The events to produce.</summary>
/// <param name="Topic">The topic; created if it does not exist.</param>
internal sealed record ProduceRequest(string Topic)
{
    /// <summary>Events per second of event time if there is no rate.</summary>
    public const int EventsPerSecondOfEventTime = 10_000;

    /// <summary>How many partitions a new topic gets by default.</summary>
    public const int PartitionsByDefault = 16;

    /// <summary>The first event time if there is no rate. A constant, so that equal seeds give equal topics.</summary>
    public static readonly EventTime FirstEventTime = new(1_765_000_000_000);

    /// <summary>Events per second; null: as fast as possible.</summary>
    public int? Rate { get; init; }

    /// <summary>How many events; null: no limit.</summary>
    public long? Events { get; init; }

    /// <summary>How long; null: no limit.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Decides everything about the events except their times.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>How the events are distributed.</summary>
    public QueryKind Kind { get; init; } = QueryKind.Queries;

    /// <summary>How many partitions the topic gets if it is created; null: the default.</summary>
    public int? Partitions { get; init; }
}
