using QueryStream.Coordinator;

namespace QueryStream.JobSubmit.Demo;

/// <summary>What a demo shows at one moment.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Status">The job's status.</param>
/// <param name="Metrics">Its metrics.</param>
/// <param name="EventsPerSecond">How fast it reads.</param>
internal sealed record DemoState(string Job, JobStatus Status, JobMetrics Metrics, double EventsPerSecond)
{
    /// <summary>How far event time is behind the clock; null before the first watermark and after the last.</summary>
    public TimeSpan? WatermarkLag { get; init; }

    /// <summary>For each analytic the number of its final results, and its newest one.</summary>
    public IReadOnlyList<(string Type, long Closed, AnalyticResult? Newest)> Newest { get; init; } = [];

    /// <summary>The last warnings and errors of the log.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The number of all final results.</summary>
    public long Closed => Newest.Sum(analytic => analytic.Closed);

    /// <summary>A counter of the job.</summary>
    public long Counter(string name) => Metrics.Counters.GetValueOrDefault(name);
}
