using System.Globalization;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Demo;

/// <summary>What a demo shows, gathered from the job, the store and the log.</summary>
/// <param name="job">The job.</param>
/// <param name="results">The newest results.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoSource(JobHandle job, LatestResults results, TimeProvider time)
{
    private const string ResultPrefix = "results.";
    private const int KeptMessages = 4;

    private readonly Speedometer _speed = new(time);

    // Guards the messages, which any thread may log.
    private readonly Lock _lock = new();
    private readonly Queue<string> _messages = new();

    /// <summary>Takes a log line; warnings and errors are shown.</summary>
    public void Take(LogLevel level, string message)
    {
        if (level < LogLevel.Warning)
        {
            return;
        }

        lock (_lock)
        {
            _messages.Enqueue($"{time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {message}");
            if (_messages.Count > KeptMessages)
            {
                _messages.Dequeue();
            }
        }
    }

    /// <summary>The state as of now.</summary>
    public DemoState Now()
    {
        JobMetrics metrics = job.Metrics();
        return new DemoState(job.Name, job.Status, metrics, _speed.Sample(metrics.RecordsRead))
        {
            WatermarkLag = metrics.Watermark == EventTime.MinValue || metrics.Watermark == EventTime.MaxValue
                ? null
                : time.GetUtcNow() - metrics.Watermark.ToDateTimeOffset(),
            Newest = [.. metrics.Counters.Keys
                .Where(name => name.StartsWith(ResultPrefix, StringComparison.Ordinal))
                .Select(name => (name[ResultPrefix.Length..], metrics.Counters[name], results.Find(name[ResultPrefix.Length..])))],
            Messages = Messages(),
        };
    }

    private string[] Messages()
    {
        lock (_lock)
        {
            return [.. _messages];
        }
    }
}
