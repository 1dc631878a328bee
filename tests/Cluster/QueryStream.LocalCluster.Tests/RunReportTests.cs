using System.Globalization;
using System.Text.Json;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Local.Tests;

public sealed class RunReportTests
{
    private static readonly JobMetrics Metrics = new()
    {
        RecordsRead = 1_000,
        Acknowledged = 50,
        LateDropped = 9,
        Counters = new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            ["late"] = 3,
            ["results.faculty"] = 4,
            ["results.year"] = 0,
            ["updates"] = 7,
        },
        DeadLetters = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["malformed-json"] = 2 },
        RunningFor = TimeSpan.FromSeconds(5),
        TimeToLastAcknowledgement = TimeSpan.FromSeconds(4),
    };

    [Fact]
    public void The_object_holds_what_was_counted_and_used()
    {
        using JsonDocument json = JsonDocument.Parse(Report(Metrics).ToJson());

        Assert.Equal(
            [
                "status", "failure", "events", "results", "updates", "late", "dead_letters", "written", "counters", "restored_from", "restarts",
                "checkpoints", "seconds", "events_per_second", "cpu_seconds", "peak_memory_mb", "allocated_mb",
            ],
            json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(1_000, json.RootElement.GetProperty("events").GetInt64());
        Assert.Equal(
            [("faculty", 4), ("year", 0)],
            json.RootElement.GetProperty("results").EnumerateObject().Select(type => (type.Name, type.Value.GetInt64())));
        Assert.Equal((7, 3), (json.RootElement.GetProperty("updates").GetInt64(), json.RootElement.GetProperty("late").GetInt64()));
        Assert.Equal(2, json.RootElement.GetProperty("dead_letters").GetProperty("malformed-json").GetInt64());
        Assert.Equal(
            (4.0, 250.0), (json.RootElement.GetProperty("seconds").GetDouble(), json.RootElement.GetProperty("events_per_second").GetDouble()));
        Assert.Equal((1.5, 2.0, 3.0), (
            json.RootElement.GetProperty("cpu_seconds").GetDouble(),
            json.RootElement.GetProperty("peak_memory_mb").GetDouble(),
            json.RootElement.GetProperty("allocated_mb").GetDouble()));
    }

    [Fact]
    public void A_failed_job_is_reported_with_its_status_and_cause()
    {
        ServiceRefusedException cause = new("Redis", "Redis at localhost:6379\nrefuses");
        RunReport report = Report(Metrics) with
        {
            Result = new JobResult(JobStatus.Failed, new TaskFailedException("Sink: faculty", 0, 2, cause), Metrics),
        };

        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.Equal("FAILED", json.RootElement.GetProperty("status").GetString());
        Assert.Equal("Redis at localhost:6379 refuses", json.RootElement.GetProperty("failure").GetString());
        Assert.StartsWith("Query Analytics: FAILED after 5.0 s", report.ToText(), StringComparison.Ordinal);
        using JsonDocument finished = JsonDocument.Parse(Report(Metrics).ToJson());
        Assert.Equal(JsonValueKind.Null, finished.RootElement.GetProperty("failure").ValueKind);
    }

    [Fact]
    public void Where_nothing_was_acknowledged_there_is_no_rate()
    {
        using JsonDocument json = JsonDocument.Parse(Report(Metrics with { TimeToLastAcknowledgement = null }).ToJson());

        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("seconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("events_per_second").ValueKind);
    }

    [Fact]
    public void Rows_that_were_too_late_are_counted_for_every_job()
    {
        using JsonDocument json = JsonDocument.Parse(Report(new JobMetrics { LateDropped = 9 }).ToJson());

        Assert.Equal(9, json.RootElement.GetProperty("late").GetInt64());
    }

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("vi-VN")]
    public void For_people_it_is_a_few_lines_the_same_in_every_language(string language)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(language);
        string text = Report(Metrics with { RecordsRead = 1_000_000 }).ToText();
        CultureInfo.CurrentCulture = before;

        Assert.StartsWith("Query Analytics: FINISHED after 5.0 s", text, StringComparison.Ordinal);
        Assert.Contains("1,000,000 (250,000 a second)", text, StringComparison.Ordinal);
        Assert.Contains("4: faculty 4, year 0", text, StringComparison.Ordinal);
        Assert.Contains("dead letters malformed-json 2", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_language_of_the_machine_changes_nothing(bool isAnalytics)
    {
        JobMetrics metrics = isAnalytics ? Metrics with { RecordsRead = 1_234_567 } : new JobMetrics
        {
            RecordsRead = 1_234_567,
            Acknowledged = 45_678,
            Counters = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["seen"] = 12_345 },
            DeadLetters = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["malformed-json"] = 2_000 },
            RunningFor = TimeSpan.FromSeconds(5.5),
            TimeToLastAcknowledgement = TimeSpan.FromSeconds(4.5),
        };
        string text = Report(metrics).ToText();
        string json = Report(metrics).ToJson();
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal(text, Report(metrics).ToText());
            Assert.Equal(json, Report(metrics).ToJson());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Contains("1,234,567 (", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_letter_of_each_reason_is_shown_on_one_line()
    {
        JobMetrics metrics = Metrics with
        {
            DeadLetterExamples = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["malformed-json"] = "a.json:3:1: no\nobject in Source: lines (1/2); nobody takes it",
            },
        };

        Assert.Contains(
            $"malformed-json 2{Environment.NewLine}"
            + $"  for example malformed-json: a.json:3:1: no object in Source: lines (1/2); nobody takes it{Environment.NewLine}  process",
            Report(metrics).ToText().ReplaceLineEndings(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_saved_and_restored_is_shown()
    {
        RunReport report = Report(Metrics) with { Result = Saved };

        Assert.Contains(
            """
              restored  from file:///c/chk-3
              restarts  2
              saved     12 checkpoints, 1 failed; the last: 1,048,576 bytes in 45 ms, file:///c/chk-15
              not saved Checkpoint 9: disk full
              savepoint 2,000 bytes in 7 ms, file:///s/savepoint-1
            """.ReplaceLineEndings(),
            report.ToText().ReplaceLineEndings(),
            StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.Equal("file:///c/chk-3", json.RootElement.GetProperty("restored_from").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("restarts").GetInt32());
        Assert.Equal(
            """
            {"completed":12,"failed":1,"last_failure":"disk\nfull","last":{"id":15,"path":"file:///c/chk-15","bytes":1048576,"duration_ms":45},
            "savepoint":{"id":16,"path":"file:///s/savepoint-1","bytes":2000,"duration_ms":7}}
            """.ReplaceLineEndings(""),
            json.RootElement.GetProperty("checkpoints").GetRawText());
    }

    [Fact]
    public void Checkpoints_that_were_deleted_with_the_job_have_no_path()
    {
        RunReport report = Report(Metrics) with { Result = Saved with { Checkpoints = Saved.Checkpoints with { AreDiscarded = true } } };

        Assert.Contains("in 45 ms, deleted, since the job has ended", report.ToText(), StringComparison.Ordinal);
        Assert.Contains("file:///s/savepoint-1", report.ToText(), StringComparison.Ordinal);
        Assert.DoesNotContain("chk-15", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_without_checkpoints_has_no_lines_on_state()
    {
        Assert.EndsWith("memory at most", Report(Metrics).ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_process_uses_is_more_than_nothing()
    {
        ProcessFigures figures = ProcessFigures.Now();

        Assert.True(figures is { CpuSeconds: > 0, PeakMemoryMegabytes: > 10, AllocatedMegabytes: > 0 }, figures.ToString());
    }

    private static JobResult Saved => new(JobStatus.Finished, null, Metrics)
    {
        Restarts = 2,
        Checkpoints = new CheckpointStatistics
        {
            Completed = 12,
            Failed = 1,
            RestoredFrom = "file:///c/chk-3",
            LastCompleted = Info(15, CheckpointKind.Checkpoint, 45) with { StateBytes = 1_048_576, Path = "file:///c/chk-15" },
            LastSavepoint = Info(16, CheckpointKind.Savepoint, 7) with { StateBytes = 2_000, Path = "file:///s/savepoint-1" },
            LastFailed = Info(9, CheckpointKind.Checkpoint, 3) with { Failure = "disk\nfull" },
        },
    };

    private static CheckpointInfo Info(long id, CheckpointKind kind, int milliseconds) =>
        new(new CheckpointId(id), kind, DateTimeOffset.UnixEpoch) { Duration = TimeSpan.FromMilliseconds(milliseconds) };

    private static RunReport Report(JobMetrics metrics) =>
        new("Query Analytics", new JobResult(JobStatus.Finished, null, metrics), new ProcessFigures(1.5, 2, 3));
}
