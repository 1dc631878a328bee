using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;

namespace QueryStream.Local;

/// <summary>The report of an ended job, as text and as JSON.</summary>
/// <param name="Name">The job's name.</param>
/// <param name="Result">Its final status and metrics.</param>
/// <param name="Process">The resources that the process has used.</param>
public sealed record RunReport(string Name, JobResult Result, ProcessFigures Process)
{
    /// <summary>
    /// The prefix of counters of the closed windows per analytic (<c>results.faculty</c>). These counters, <c>updates</c> and <c>late</c> have their
    /// own lines.
    /// </summary>
    public const string ResultPrefix = "results.";

    private const string UpdatesCounter = "updates";
    private const string LateCounter = "late";

    private JobMetrics Metrics => Result.Metrics;

    private string Status => Result.Status.ToString().ToUpperInvariant();

    private bool HasAnalytics => Metrics.Counters.Keys.Any(IsOfAnalytics);

    private double? Seconds => Metrics.TimeToLastAcknowledgement?.TotalSeconds;

    private double? EventsPerSecond => Seconds > 0 ? Metrics.RecordsRead / Seconds : null;

    /// <summary>The number of closed pairs of window and key, by analytic.</summary>
    private IEnumerable<(string Type, long Count)> Results => Metrics.Counters
        .Where(counter => counter.Key.StartsWith(ResultPrefix, StringComparison.Ordinal))
        .Select(counter => (counter.Key[ResultPrefix.Length..], counter.Value));

    /// <summary>The line that reports the savepoint of a stopped job, in the words of Flink's command line.</summary>
    public static string SavepointCompleted(string path) => $"Savepoint completed. Path: {path}";

    /// <summary>The report as one line of JSON.</summary>
    public string ToJson()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("status", Status);
            json.WriteString("failure", Result.Failure is null ? null : ReportedErrors.TextOf(Result.Failure));
            json.WriteNumber("events", Metrics.RecordsRead);
            json.WriteStartObject("results");
            foreach ((string type, long count) in Results)
            {
                json.WriteNumber(type, count);
            }

            json.WriteEndObject();
            json.WriteNumber("updates", Metrics.Counters.GetValueOrDefault(UpdatesCounter));
            json.WriteNumber("late", HasAnalytics ? Metrics.Counters.GetValueOrDefault(LateCounter) : Metrics.LateDropped);
            json.WriteStartObject("dead_letters");
            foreach ((string reason, long count) in Metrics.DeadLetters)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
            json.WriteNumber("written", Metrics.Acknowledged);
            WriteCounters(json);
            WriteState(json);
            WriteNumber(json, "seconds", Seconds, 3);
            WriteNumber(json, "events_per_second", EventsPerSecond, 1);
            WriteNumber(json, "cpu_seconds", Process.CpuSeconds, 3);
            WriteNumber(json, "peak_memory_mb", Process.PeakMemoryMegabytes, 1);
            WriteNumber(json, "allocated_mb", Process.AllocatedMegabytes, 1);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>The report as text of several lines.</summary>
    public string ToText()
    {
        string rate = EventsPerSecond is double perSecond ? Invariant($" ({perSecond:N0} a second)") : "";
        return Invariant($"""
            {Name}: {Status} after {Metrics.RunningFor.TotalSeconds:0.0} s
              events    {Metrics.RecordsRead:N0}{rate}
            {(HasAnalytics ? AnalyticsLines() : RowLines())}, dead letters {Describe(Metrics.DeadLetters)}{Examples()}{Problems()}{StateLines()}
              process   {Process.CpuSeconds:0.0} s of CPU, {Process.PeakMemoryMegabytes:N0} MiB of memory at most
            """);
    }

    // Needed for every number: a plain interpolated string, even a nested one, uses the machine's culture.
    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static bool IsOfAnalytics(string counter) =>
        counter.StartsWith(ResultPrefix, StringComparison.Ordinal) || counter is UpdatesCounter or LateCounter;

    private string AnalyticsLines()
    {
        string types = string.Join(", ", Results.Select(result => Invariant($"{result.Type} {result.Count:N0}")));
        return Invariant($"""
              results   {Results.Sum(result => result.Count):N0}: {types}
              updates   {Metrics.Counters.GetValueOrDefault(UpdatesCounter):N0}, late {Metrics.Counters.GetValueOrDefault(LateCounter):N0}
            """);
    }

    private string RowLines()
    {
        string counters = string.Concat(
            Metrics.Counters.Select(counter => Invariant($"  counted   {counter.Key} {counter.Value:N0}{Environment.NewLine}")));
        return Invariant($"{counters}  written   {Metrics.Acknowledged:N0}, late {Metrics.LateDropped:N0}");
    }

    private static string Describe(IReadOnlyDictionary<string, long> deadLetters) => deadLetters.Values.Sum() == 0
        ? "0"
        : string.Join(", ", deadLetters.Select(reason => Invariant($"{reason.Key} {reason.Value:N0}")));

    // One example per reason, so that the cause is visible at once.
    private string Examples() =>
        string.Concat(Metrics.DeadLetterExamples.Select(example => $"{Environment.NewLine}  for example {example.Key}: {OneLine(example.Value)}"));

    private string Problems() =>
        string.Concat(Metrics.Problems.Select(problem => $"{Environment.NewLine}  problem   {problem.Key}: {OneLine(problem.Value)}"));

    private static string OneLine(string text) => text.Replace('\r', ' ').Replace('\n', ' ');

    // Empty for a job that takes no checkpoints and started without state.
    private string StateLines()
    {
        CheckpointStatistics all = Result.Checkpoints;
        List<string> lines = [];
        if (all.RestoredFrom is { } restored)
        {
            lines.Add(Invariant($"restored  from {restored}"));
        }

        if (Result.Restarts > 0)
        {
            lines.Add(Invariant($"restarts  {Result.Restarts:N0}"));
        }

        if (all.Completed + all.Failed > 0)
        {
            string last = all.LastCompleted is { } checkpoint ? $"; the last: {Describe(checkpoint, all.AreDiscarded)}" : "";
            lines.Add(Invariant($"saved     {all.Completed:N0} checkpoints, {all.Failed:N0} failed{last}"));
        }

        if (all.LastFailed is { Failure: { } failure })
        {
            lines.Add(Invariant($"not saved {all.LastFailed.Kind} {all.LastFailed.Id}: {OneLine(failure)}"));
        }

        if (all.LastSavepoint is { } savepoint)
        {
            lines.Add(Invariant($"savepoint {Describe(savepoint, isDiscarded: false)}"));
        }

        return string.Concat(lines.Select(line => $"{Environment.NewLine}  {line}"));
    }

    private static string Describe(CheckpointInfo checkpoint, bool isDiscarded)
    {
        string where = isDiscarded ? "deleted, since the job has ended" : checkpoint.Path ?? "";
        return Invariant($"{checkpoint.StateBytes:N0} bytes in {checkpoint.Duration.TotalMilliseconds:N0} ms, {where}");
    }

    private void WriteState(Utf8JsonWriter json)
    {
        CheckpointStatistics all = Result.Checkpoints;
        json.WriteString("restored_from", all.RestoredFrom);
        json.WriteNumber("restarts", Result.Restarts);
        json.WriteStartObject("checkpoints");
        json.WriteNumber("completed", all.Completed);
        json.WriteNumber("failed", all.Failed);
        json.WriteString("last_failure", all.LastFailed?.Failure);
        WriteCheckpoint(json, "last", all.LastCompleted, all.AreDiscarded);
        WriteCheckpoint(json, "savepoint", all.LastSavepoint, isDiscarded: false);
        json.WriteEndObject();
    }

    private static void WriteCheckpoint(Utf8JsonWriter json, string name, CheckpointInfo? checkpoint, bool isDiscarded)
    {
        if (checkpoint is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("id", checkpoint.Id.Number);
        json.WriteString("path", isDiscarded ? null : checkpoint.Path);
        json.WriteNumber("bytes", checkpoint.StateBytes);
        WriteNumber(json, "duration_ms", checkpoint.Duration.TotalMilliseconds, 0);
        json.WriteEndObject();
    }

    // The counters without their own member.
    private void WriteCounters(Utf8JsonWriter json)
    {
        json.WriteStartObject("counters");
        foreach ((string name, long count) in Metrics.Counters.Where(counter => !IsOfAnalytics(counter.Key)))
        {
            json.WriteNumber(name, count);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value, int digits)
    {
        if (value is double number)
        {
            json.WriteNumber(name, Math.Round(number, digits));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
