using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>A job that is rescaled while it runs, by the command.</summary>
public sealed class RescaleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-rescale-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_runs_at_more_and_at_fewer_subtasks_also_under_the_next_coordinator_and_loses_and_repeats_nothing()
    {
        await using ProcessCluster cluster = new();
        string storage = $"--storage file://{Path.Combine(_folder.FullName, "storage")}";
        CommandProcess coordinator = cluster.StartCoordinator(storage);
        cluster.StartWorker("worker-1", slots: 2);
        cluster.StartWorker("worker-2", slots: 2);
        await cluster.RegisteredAsync("worker-1", "worker-2");
        string output = Path.Combine(_folder.FullName, "out");
        string gate = Path.Combine(_folder.FullName, "gate");
        string engine = $"-D execution.checkpointing.dir={Path.Combine(_folder.FullName, "checkpoints")} -D execution.checkpointing.interval=200ms";
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Path.Combine(_folder.FullName, "job"))} -p 2 {engine} -- {NumberingJob.Settings(output, gate)}");
        await RunsAtAsync(cluster, id, parallelism: 2);
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(output).Length > 0, TimeSpan.FromSeconds(60));

        await RescaleAsync(cluster, id, from: 2, to: 4);
        await RescaleAsync(cluster, id, from: 4, to: 3);
        CommandEnd refused = await cluster.RunAsync($"rescale {id} --parallelism 5");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("it needs 2 slots, and 1 is free, 1 too few.", refused.Errors, StringComparison.Ordinal);

        coordinator.Kill();
        await coordinator.EndAsync();
        cluster.StartCoordinator(storage);
        await RunsAtAsync(cluster, id, parallelism: 3);

        await File.WriteAllTextAsync(gate, "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));
    }

    private static async Task RescaleAsync(ProcessCluster cluster, string id, int from, int to)
    {
        CommandEnd end = await cluster.RunAsync($"rescale {id} --parallelism {to}");
        Assert.True(end.ExitCode == 0, end.Errors);
        Assert.Equal($"Rescaling job {id} from parallelism {from} to {to}.\nJob {id} is RUNNING at parallelism {to}.\n", end.Output);
    }

    private static Task RunsAtAsync(ProcessCluster cluster, string id, int parallelism) => cluster.UntilAsync(
        $"the job to run at parallelism {parallelism}",
        $"/jobs/{id}",
        job => (string)job["state"]! == "RUNNING" && (int)job["querystream"]!["parallelism"]! == parallelism);
}
