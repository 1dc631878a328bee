using QueryStream.TestKit;
using QueryStream.Testing.Redis;

namespace QueryStream.Processes.Tests;

/// <summary>Several coordinators, which share jobs and their files in Redis.</summary>
public sealed class StandbyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-standby-");

    public void Dispose() => _folder.Delete(recursive: true);

    [RedisFact(ownServer: true)]
    public async Task When_the_leader_is_killed_its_tasks_go_on_under_the_standby_which_loses_and_repeats_nothing()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--appendonly", "yes");
        await using ProcessCluster cluster = new();
        (CommandProcess leader, CommandProcess standby, string address) =
            await cluster.StartWithStandbyAsync($"redis://{redis.Address}", "worker-1", "worker-2");

        // Through the standby, which sends its clients to the leader.
        string output = Path.Combine(_folder.FullName, "out");
        string gate = Path.Combine(_folder.FullName, "gate");
        string engine = $"-D execution.checkpointing.dir={Path.Combine(_folder.FullName, "checkpoints")} -D execution.checkpointing.interval=100ms";
        cluster.Use(address);
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Path.Combine(_folder.FullName, "job"))} -p 2 --wait 60 {engine} -- {NumberingJob.Settings(output, gate)}");
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(output).Length > 0, TimeSpan.FromSeconds(60));

        leader.Kill();
        await standby.WroteAsync("This coordinator leads the cluster, epoch 2");
        await standby.WroteAsync("2 workers were running under a coordinator before this one, and are taken over");
        await cluster.UntilAsync("the job to be RUNNING again", $"/jobs/{id}", job => (string)job["state"]! == "RUNNING");
        await cluster.UntilAsync(
            "a checkpoint under the standby", $"/jobs/{id}/checkpoints", checkpoints => (int)checkpoints["counts"]!["completed"]! > 0);
        await cluster.RegisteredAsync("worker-1", "worker-2");
        await File.WriteAllTextAsync(gate, "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));
    }
}
