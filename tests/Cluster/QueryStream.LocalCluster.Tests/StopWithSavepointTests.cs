using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;

namespace QueryStream.Local.Tests;

/// <summary>What requests to stop do to a job that stops with a savepoint.</summary>
public sealed class StopWithSavepointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-stop-");
    private readonly LogCollector _log = new();
    private readonly List<CancellationTokenSource> _stops = [new()];
    private readonly List<string> _savepoints = [];
    private readonly TaskCompletionSource _accepted = new();

    public void Dispose()
    {
        _stops.ForEach(stop => stop.Dispose());
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task After_each_savepoint_that_fails_the_job_goes_on_and_the_next_request_tries_again()
    {
        string target = Path.Combine(_folder.FullName, "target");
        await File.WriteAllTextAsync(target, "a file, in which no directory can be created");
        Task<JobResult> run = Run(target);
        await Wait.ForAsync("the job to be accepted", _accepted.Task);
        await _stops[0].CancelAsync();
        await Wait.UntilAsync("a failed savepoint", () => Count("could not stop with a savepoint") == 1);
        await _stops[1].CancelAsync();
        await Wait.UntilAsync("another one", () => Count("could not stop with a savepoint") == 2);
        Assert.False(run.IsCompleted);

        File.Delete(target);
        await _stops[2].CancelAsync();

        Assert.Equal(JobStatus.Finished, (await run).Status);
        Assert.StartsWith($"file://{target}/savepoint-", Assert.Single(_savepoints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_while_the_savepoint_is_under_way_cancels_the_job()
    {
        // No barrier passes the sink while it holds this row.
        using ManualResetEventSlim goOn = new();
        Task<JobResult> run = Run(Path.Combine(_folder.FullName, "savepoints"), _ => goOn.Wait());
        await Wait.ForAsync("the job to be accepted", _accepted.Task);
        await _stops[0].CancelAsync();
        await Wait.UntilAsync("the savepoint to begin", () => Count("Stopping with a savepoint") == 1);

        await _stops[1].CancelAsync();

        await Wait.UntilAsync("the cancellation", () => _log.Lines.Any(line => line.Message == "Stopping"));
        goOn.Set();
        Assert.Equal(JobStatus.Canceled, (await run).Status);
        Assert.Empty(_savepoints);
        Assert.Equal(0, Count("could not stop with a savepoint"));
    }

    private int Count(string part) => _log.Lines.Count(line => line.Message.Contains(part, StringComparison.Ordinal));

    // Ends with the job, which has no end of its own. The first of _stops is the first request to stop.
    private async Task<JobResult> Run(string savepoints, Action<int>? onRow = null)
    {
        MemorySource<int> source = new([1, 2, 3]) { IsBounded = false };
        MemorySink<int> sink = new() { OnRow = onRow ?? (static _ => { }) };
        HostApplicationBuilder builder = LocalHost.CreateBuilder();
        builder.Services.AddQueryStreamLocalCluster().Replace(ServiceDescriptor.Singleton<ILoggerFactory>(_log));
        using IHost host = builder.Build();
        LocalRun run = new(host)
        {
            Options = new LocalRunOptions
            {
                Engine = new Dictionary<string, string> { ["execution.checkpointing.dir"] = Path.Combine(_folder.FullName, "checkpoints") },
                StopWithSavepoint = savepoints,
            },
            OnAccepted = _ => _accepted.SetResult(),
            OnSavepoint = _savepoints.Add,
            NextStop = () =>
            {
                _stops.Add(new CancellationTokenSource());
                return _stops[^1].Token;
            },
        };
        return await run.RunAsync(
            new LambdaJob("endless", job => job.Source("numbers", source).To("memory", sink)), JobSettings.None, _stops[0].Token);
    }
}
