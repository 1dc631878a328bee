using System.Text.Json;
using QueryStream.Testing.Redis;

namespace QueryStream.CommandLine.Tests;

/// <summary>The process of a job is killed again and again, with a real Kafka and a real Redis.</summary>
public sealed class ChaosTests(Servers servers) : IClassFixture<Servers>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-chaos-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ServerFact]
    public async Task A_job_whose_process_is_killed_five_times_counts_each_event_exactly_once()
    {
        CommandEnd end = await RunAsync("--rounds 5 --rate 2000 --keys 200");

        Assert.True(end.ExitCode == 0, $"{end.Output}\n{end.Errors}");
        using JsonDocument json = JsonDocument.Parse(end.Output);
        JsonElement report = json.RootElement;
        Assert.Equal("equal", report.GetProperty("result").GetString());
        Assert.Equal(5, report.GetProperty("rounds").GetInt32());
        Assert.True(report.GetProperty("kills").GetInt32() >= 6);
        Assert.InRange(report.GetProperty("restores").GetInt32(), 5, report.GetProperty("kills").GetInt32());
        Assert.True(report.GetProperty("checkpoints").GetInt64() >= 6);
        Assert.True(report.GetProperty("events").GetInt64() > 0);
        foreach (string output in (string[])["kafka", "redis"])
        {
            JsonElement recovery = report.GetProperty("recovery").GetProperty(output);
            Assert.InRange(recovery.GetProperty("p50_ms").GetDouble(), 1, recovery.GetProperty("max_ms").GetDouble());
        }

        Assert.Empty(_folder.GetFileSystemInfos());
        await using RespConnection redis = await servers.Redis.ConnectAsync();
        Assert.Empty((object?[])(await redis.CallAsync("KEYS", "querystream-chaos-*"))!);
    }

    [ServerFact]
    public async Task Events_that_are_written_twice_are_found()
    {
        CommandEnd end = await RunAsync("--rounds 1 --rate 2000 --keys 200", "-- --delivery=at-least-once");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: The job has not counted each event exactly once: ", end.ErrorLine, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(end.Output);
        JsonElement differences = json.RootElement.GetProperty("differences");
        Assert.Equal("different", json.RootElement.GetProperty("result").GetString());
        Assert.True(differences.GetProperty("duplicate").GetInt64() > 0, end.Output);
        Assert.Equal(0, differences.GetProperty("missing").GetInt64());
        string log = Assert.Single(_folder.GetFiles("job.log", SearchOption.AllDirectories)).FullName;
        Assert.Contains(log, end.ErrorLine, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_process_that_ends_by_itself_is_an_error_with_the_end_of_its_log()
    {
        CommandEnd end = await RunAsync("--parallelism 5000");

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.Contains("ERROR: Job 'Event Counts' cannot run with parallelism 5000: 1 to 128", end.Errors, StringComparison.Ordinal);
        Assert.Contains("ERROR: Process 1 of the job ended by itself, with exit code 1.", end.Errors, StringComparison.Ordinal);
    }

    private Task<CommandEnd> RunAsync(string options, string settings = "") =>
        CommandProcess.RunAsync($"chaos --local --json {servers.Options} --dir {_folder.FullName} {options} {settings}");
}
