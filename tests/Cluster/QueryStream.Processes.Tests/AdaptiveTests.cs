using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>The adaptive scheduler: a job runs in the slots that there are.</summary>
public sealed class AdaptiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-adaptive-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_starts_in_too_few_slots_grows_with_its_cluster_shrinks_with_it_and_loses_and_repeats_nothing()
    {
        await using ProcessCluster cluster = new();
        cluster.StartCoordinator(
            "-D jobmanager.scheduler=Adaptive -D jobmanager.adaptive-scheduler.resource-stabilization-timeout=500ms");
        cluster.StartWorker("worker-1", slots: 1);
        await cluster.RegisteredAsync("worker-1");
        string output = Path.Combine(_folder.FullName, "out");
        string gate = Path.Combine(_folder.FullName, "gate");
        string engine = $"-D execution.checkpointing.dir={Path.Combine(_folder.FullName, "checkpoints")} -D execution.checkpointing.interval=200ms";
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Path.Combine(_folder.FullName, "job"))} -p 2 {engine} -- {NumberingJob.Settings(output, gate)}");

        await RunsAtAsync(cluster, id, parallelism: 1);
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(output).Length > 0, TimeSpan.FromSeconds(60));
        cluster.StartWorker("worker-2", slots: 1);
        await RunsAtAsync(cluster, id, parallelism: 2);
        cluster.Worker("worker-1").Kill();
        await RunsAtAsync(cluster, id, parallelism: 1);

        await File.WriteAllTextAsync(gate, "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));
    }

    private static Task RunsAtAsync(ProcessCluster cluster, string id, int parallelism) => cluster.UntilAsync(
        $"the job to run at parallelism {parallelism}",
        $"/jobs/{id}",
        job => (string)job["state"]! == "RUNNING" && (int)job["querystream"]!["parallelism"]! == parallelism
            && (int)job["querystream"]!["wanted-parallelism"]! == 2);
}
