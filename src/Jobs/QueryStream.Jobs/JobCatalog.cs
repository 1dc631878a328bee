using QueryStream.Jobs.EventCounts;
using QueryStream.Jobs.Patterns;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams;
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
        new JobDescription(
            "patterns",
            new PatternsJob().Name,
            "one of four patterns from a Kafka topic to another, to measure latency and throughput: stateless, keyed, tumbling, sliding",
            SettingsBinder.Describe<PatternsSettings>(),
            () => new PatternsJob()),
    ];

    /// <summary>The job with a name; null if there is none.</summary>
    public static JobDescription? Find(string name) => All.FirstOrDefault(job => job.Name == name);
}

/// <summary>A job that can be run by name.</summary>
/// <param name="Name">The name on the command line: <c>query-analytics</c>.</param>
/// <param name="Title">The display name.</param>
/// <param name="Description">What the job does, in one line.</param>
/// <param name="Settings">Its settings with their defaults.</param>
/// <param name="Create">Creates the job. Its settings are validated when its graph is built.</param>
public sealed record JobDescription(
    string Name, string Title, string Description, IReadOnlyList<SettingInfo> Settings, Func<IStreamJob> Create);
