using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics.Generation;

namespace QueryStream.JobSubmit.Producing;

/// <summary>What is to be produced, and where to.</summary>
/// <param name="Address">Kafka's bootstrap servers.</param>
/// <param name="Topic">The topic; created if it is not there.</param>
internal sealed record ProduceRequest(string Address, string Topic)
{
    /// <summary>Events a second of event time where they come as fast as they can.</summary>
    public const int EventsPerSecondOfEventTime = 10_000;

    /// <summary>How many partitions a topic gets where nothing is said.</summary>
    public const int PartitionsByDefault = 16;

    /// <summary>Where event times begin where events come as fast as they can: always there, so that equal seeds give equal topics.</summary>
    public static readonly EventTime FirstEventTime = new(1_765_000_000_000);

    /// <summary>Events a second; null: as fast as it goes.</summary>
    public int? Rate { get; init; }

    /// <summary>How many events; null: no limit.</summary>
    public long? Events { get; init; }

    /// <summary>How long; null: no limit.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Decides everything about the events but their times.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>How the events are distributed.</summary>
    public QueryKind Kind { get; init; } = QueryKind.Queries;

    /// <summary>How many partitions the topic gets if it is created; null: as many as by default.</summary>
    public int? Partitions { get; init; }
}
