using System.Runtime.Versioning;
using System.Text.Json;
using QueryStream.Testing.Redis;

namespace QueryStream.CommandLine.Tests;

/// <summary>The processes of a job, or of a cluster, are killed again and again, with a real Kafka and a real Redis.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ChaosTests(Servers servers) : IClassFixture<Servers>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-chaos-");
    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("querystream-outages-");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _programs.Delete(recursive: true);
    }

    [ServerFact]
    public async Task A_job_whose_process_is_killed_five_times_counts_each_event_exactly_once()
    {
        CommandEnd end = await RunAsync("--local --rounds 5 --rate 2000 --keys 200");

        Assert.True(end.ExitCode == 0, $"{end.Output}\n{end.Errors}");
        using JsonDocument json = JsonDocument.Parse(end.Output);
        JsonElement report = json.RootElement;
        Assert.Equal("equal", report.GetProperty("result").GetString());
        Assert.Equal(5, report.GetProperty("rounds").GetArrayLength());
        Assert.True(report.GetProperty("kills").GetInt32() >= 5);

        // The last process, which reads the rest, starts from a checkpoint too.
        Assert.InRange(report.GetProperty("restores").GetInt32(), 5, report.GetProperty("kills").GetInt32() + 1);
        Assert.True(report.GetProperty("checkpoints").GetInt64() >= 6);
        Assert.True(report.GetProperty("events").GetInt64() > 0);
        foreach (string output in (string[])["kafka", "redis"])
        {
            JsonElement recovery = report.GetProperty("recovery").GetProperty(output);
            Assert.InRange(recovery.GetProperty("p50_ms").GetDouble(), 1, recovery.GetProperty("max_ms").GetDouble());
        }

        await AssertNothingIsLeftAsync();
    }

    [ServerFact]
    public async Task A_cluster_whose_worker_and_leader_are_killed_counts_each_event_exactly_once()
    {
        CommandEnd end = await RunAsync("--rounds 2 --faults kill-worker,kill-leader --rate 2000 --keys 200 --seed 6");

        Assert.True(end.ExitCode == 0, $"{end.Output}\n{end.Errors}");
        using JsonDocument json = JsonDocument.Parse(end.Output);
        JsonElement report = json.RootElement;
        Assert.Equal("equal", report.GetProperty("result").GetString());
        Assert.True(report.GetProperty("events").GetInt64() > 0);
        Assert.Equal(
            ["kill-leader", "kill-worker"],
            report.GetProperty("rounds").EnumerateArray().Select(round => round.GetProperty("faults")[0].GetProperty("kind").GetString()!).Order());
        JsonElement recovery = report.GetProperty("recovery");
        foreach (string phase in (string[])["noticed", "running", "first-output", "total", "next-leader", "total-of-leader"])
        {
            Assert.True(recovery.GetProperty(phase).GetProperty("count").GetInt32() > 0, end.Output);
        }

        foreach (string output in (string[])["kafka", "redis"])
        {
            JsonElement figures = report.GetProperty("outputs").GetProperty(output);
            Assert.True(figures.GetProperty("downtime").GetProperty("max_ms").GetDouble() > 0, end.Output);
            Assert.True(figures.GetProperty("latency_after").GetProperty("p99_ms").GetDouble() > 0, end.Output);
        }

        await AssertNothingIsLeftAsync();
    }

    [ServerFact]
    public async Task Events_count_exactly_once_when_Redis_freezes_and_a_worker_is_killed()
    {
        string program = await WriteOutageAsync(
            FormattableString.Invariant($"case $1 in begin) kill -STOP {servers.Redis.Id} ;; end) kill -CONT {servers.Redis.Id} ;; esac"));
        CommandEnd end = await RunAsync($"--rounds 2 --faults kill-worker,outage --outage redis={program} --rate 2000 --keys 200 --seed 1");

        Assert.True(end.ExitCode == 0, $"{end.Output}\n{end.Errors}");
        using JsonDocument json = JsonDocument.Parse(end.Output);
        Assert.Equal("equal", json.RootElement.GetProperty("result").GetString());
        string[] calls = await File.ReadAllLinesAsync($"{program}.calls");
        int outages = json.RootElement.GetProperty("rounds").EnumerateArray().SelectMany(round => round.GetProperty("faults").EnumerateArray())
            .Count(fault => (fault.GetProperty("kind").GetString(), fault.GetProperty("process").GetString()) == ("outage", "redis"));
        Assert.True(outages > 0);
        Assert.Equal(Enumerable.Repeat<string[]>(["begin", "end"], outages).SelectMany(call => call), calls);
    }

    [ServerFact]
    public async Task An_outage_that_does_not_begin_is_an_error_and_ends()
    {
        string program = await WriteOutageAsync("[ $1 = end ]");
        CommandEnd end = await RunAsync($"--rounds 1 --faults outage --outage network={program}");

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.Equal($"ERROR: '{program} begin' has ended with exit code 1.", end.ErrorLine);
        Assert.Equal(["begin", "end"], await File.ReadAllLinesAsync($"{program}.calls"));
    }

    [ServerFact]
    public async Task A_cluster_that_does_not_start_is_an_error_with_the_end_of_the_logs()
    {
        CommandEnd end = await CommandProcess.RunAsync(
            $"chaos {servers.Options} --dir {_folder.FullName} --coordinators 1 --workers 1", ("QUERYSTREAM_PROPERTIES", "rest.prot: 8081"));

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.Contains("'rest.prot': is unknown; the nearest key is rest.port.", end.Errors, StringComparison.Ordinal);
        Assert.Matches("ERROR: Process 1 of [a-z]+-1 ended by itself, with exit code 1. Its log is ", end.Errors);
    }

    [ServerFact]
    public async Task Events_that_are_written_twice_are_found()
    {
        CommandEnd end = await RunAsync("--local --rounds 1 --rate 2000 --keys 200", "-- --delivery=at-least-once");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: The job has not counted each event exactly once: ", end.ErrorLine, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(end.Output);
        JsonElement differences = json.RootElement.GetProperty("differences");
        Assert.Equal("different", json.RootElement.GetProperty("result").GetString());
        Assert.True(differences.GetProperty("duplicated").GetInt64() > 0, end.Output);
        Assert.Equal(0, differences.GetProperty("lost").GetInt64());
        string log = Assert.Single(_folder.GetFiles("job.log", SearchOption.AllDirectories)).FullName;
        Assert.Contains(log, end.ErrorLine, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_process_that_ends_by_itself_is_an_error_with_the_end_of_its_log()
    {
        CommandEnd end = await RunAsync("--local --parallelism 5000");

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.Contains("ERROR: Job 'Event Counts' cannot run with parallelism 5000: 1 to 128", end.Errors, StringComparison.Ordinal);
        Assert.Contains("ERROR: Process 1 of the job ended by itself, with exit code 1.", end.Errors, StringComparison.Ordinal);
    }

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(_folder.GetFileSystemInfos());
        await using RespConnection redis = await servers.Redis.ConnectAsync();
        Assert.Empty((object?[])(await redis.CallAsync("KEYS", "*querystream-chaos-*"))!);
    }

    // A program for --outage, beside which FILE.calls says with what it was called.
    private async Task<string> WriteOutageAsync(string commands)
    {
        string path = Path.Combine(_programs.FullName, "outage");
        await File.WriteAllTextAsync(path, $"#!/bin/sh\necho \"$1\" >>\"$0.calls\"\n{commands}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private Task<CommandEnd> RunAsync(string options, string settings = "") =>
        CommandProcess.RunAsync($"chaos --json {servers.Options} --dir {_folder.FullName} {options} {settings}");
}
