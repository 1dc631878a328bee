using QueryStream.Jobs.EventCounts;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs;

/// <summary>The jobs that ship with QueryStream.</summary>
public static class JobCatalog
{
    /// <summary>All jobs.</summary>
    public static IReadOnlyList<JobDescription> All { get; } =
    [
        new JobDescription(
            "query-analytics",
            new QueryAnalyticsJob().Name,
            "ten windowed analytics over the queries that users ask: from a Kafka topic to Redis",
            SettingsBinder.Describe<QueryAnalyticsSettings>(),
            () => new QueryAnalyticsJob()),
        new JobDescription(
            "event-counts",
            new EventCountsJob().Name,
            "counts events by key, exactly once: running counts to a Kafka topic in transactions, counts and windows to Redis",
            SettingsBinder.Describe<EventCountsSettings>(),
            () => new EventCountsJob()),
    ];

    /// <summary>The job with a name; null if there is none.</summary>
    public static JobDescription? Find(string name) => All.FirstOrDefault(job => job.Name == name);
}
