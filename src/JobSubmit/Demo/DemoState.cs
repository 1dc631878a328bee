using QueryStream.Coordinator;

namespace QueryStream.JobSubmit.Demo;

/// <summary>What a demo shows at one moment.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Status">Where the job is in its life.</param>
/// <param name="Metrics">What it has counted.</param>
/// <param name="EventsPerSecond">How fast it reads.</param>
internal sealed record DemoState(string Job, JobStatus Status, JobMetrics Metrics, double EventsPerSecond)
{
    /// <summary>How far event time is behind the clock; null before there is one, and after its end.</summary>
    public TimeSpan? WatermarkLag { get; init; }

    /// <summary>Of each analytic how many results are final, and the newest one.</summary>
    public IReadOnlyList<(string Type, long Closed, AnalyticResult? Newest)> Newest { get; init; } = [];

    /// <summary>The last warnings and errors of the log.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary>All results that are final.</summary>
    public long Closed => Newest.Sum(analytic => analytic.Closed);

    /// <summary>A counter of the job.</summary>
    public long Counter(string name) => Metrics.Counters.GetValueOrDefault(name);
}
