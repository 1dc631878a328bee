using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Texts;
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

/// <summary>One published result, for people.</summary>
/// <param name="WindowStart">The start of its window.</param>
/// <param name="IsFinal">Whether the window has closed.</param>
/// <param name="Group">What the result is grouped by: the members before the window, in their order.</param>
/// <param name="Metrics">The metrics: the members after the window, in their order.</param>
internal sealed record AnalyticResult(
    string WindowStart, bool IsFinal, IReadOnlyList<(string Name, string Value)> Group, IReadOnlyList<(string Name, string Value)> Metrics)
{
    private const string DataMember = "data";
    private const string StartMember = "window_start";
    private const string FinalMember = "final";
    private static readonly string[] ShownElsewhere = ["type", StartMember, "window_end", FinalMember];

    /// <summary>All members: group and metrics.</summary>
    public IEnumerable<(string Name, string Value)> Members => Group.Concat(Metrics);

    /// <summary>Reads a message of the channel; null if it is no result.</summary>
    public static AnalyticResult? Parse(Text message)
    {
        Utf8JsonReader json = new(message.Bytes);
        using JsonDocument document = JsonDocument.ParseValue(ref json);
        if (!document.RootElement.TryGetProperty(DataMember, out JsonElement data) || data.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        List<(string, string)> group = [];
        List<(string, string)> metrics = [];
        bool isBehindWindow = !data.TryGetProperty(StartMember, out JsonElement window);
        foreach (JsonProperty member in data.EnumerateObject())
        {
            isBehindWindow |= member.NameEquals(StartMember);
            if (!ShownElsewhere.Contains(member.Name))
            {
                (isBehindWindow ? metrics : group).Add((member.Name, Format(member.Value)));
            }
        }

        string start = window.ValueKind == JsonValueKind.String ? window.GetString()! : "";
        bool isFinal = data.TryGetProperty(FinalMember, out JsonElement final) && final.ValueKind == JsonValueKind.True;
        return new AnalyticResult(start[(start.IndexOf('T', StringComparison.Ordinal) + 1)..], isFinal, group, metrics);
    }

    private static string Format(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when !value.TryGetInt64(out _) => value.GetDouble().ToString("0.##", CultureInfo.InvariantCulture),
        JsonValueKind.Null => "–",
        _ => value.ToString(),
    };
}

/// <summary>Keeps the last warnings and errors of the log, in place of writing them on a terminal that is drawn on. Safe on any thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class RecentWarnings(TimeProvider time) : ILoggerProvider, ILogger
{
    private const int MaxLines = 4;

    // Guards the lines, which any thread may log.
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        string clock = time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string line = $"{clock} {message}{(exception is null ? "" : $": {exception.Message}")}";
        lock (_lock)
        {
            _lines.Enqueue(line.ReplaceLineEndings(" "));
            if (_lines.Count > MaxLines)
            {
                _lines.Dequeue();
            }
        }
    }

    public void Dispose()
    {
    }
}
