using QueryStream.Coordinator;
using QueryStream.Core.Time;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Demo;

/// <summary>What a demo shows, gathered from the job, the store and the log.</summary>
/// <param name="job">The job.</param>
/// <param name="results">The newest results.</param>
/// <param name="warnings">Warnings and errors of the log; null if they are on the terminal anyway.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoSource(JobHandle job, LatestResults results, RecentWarnings? warnings, TimeProvider time)
{
    private readonly RateMeter _rate = new(time);

    /// <summary>The state as of now.</summary>
    public DemoState Now()
    {
        JobMetrics metrics = job.Metrics();
        return new DemoState(job.Name, job.Status, metrics, _rate.Sample(metrics.RecordsRead))
        {
            WatermarkLag = metrics.Watermark == EventTime.MinValue || metrics.Watermark == EventTime.MaxValue
                ? null
                : time.GetUtcNow() - metrics.Watermark.ToDateTimeOffset(),
            Newest = [.. metrics.Counters
                .Where(counter => counter.Key.StartsWith(RunReport.ResultPrefix, StringComparison.Ordinal))
                .Select(counter => (Type: counter.Key[RunReport.ResultPrefix.Length..], counter.Value))
                .Select(analytic => (analytic.Type, analytic.Value, results.Find(analytic.Type)))],
            Warnings = warnings?.Lines ?? [],
        };
    }
}
