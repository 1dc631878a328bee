using QueryStream.TestKit;
using QueryStream.Testing.Redis;

namespace QueryStream.Processes.Tests;

/// <summary>A process is frozen for so long that another one takes its place, and wakes up again. It must not do any harm.</summary>
public sealed class FrozenTests : IDisposable
{
    private const int KilledExitCode = 137;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-frozen-");

    public void Dispose() => _folder.Delete(recursive: true);

    [RedisFact(ownServer: true)]
    public async Task A_worker_that_wakes_up_overwrites_no_newer_value_in_Redis_and_ends()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RespConnection connection = await redis.ConnectAsync();
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 2, slots: 1);
        string id = await SubmitAsync(cluster, Folder("checkpoints"), $"--last-gate={Folder("last")} --redis=redis://{redis.Address}");
        cluster.StartWorker("worker-3");
        await cluster.RegisteredAsync("worker-1", "worker-2", "worker-3");
        await Wait.UntilAsync(
            "half of the numbers in Redis", async () => await IsAsync(connection, NumberingJob.RowsOfKey / 2), TimeSpan.FromSeconds(60));

        // The next quarter waits in both workers, since Redis does not answer, and in one of them it stays.
        redis.Freeze();
        await File.WriteAllTextAsync(Folder("gate"), "");
        await cluster.UntilAsync(
            "three quarters to be read", $"/jobs/{id}", job => (long)job["querystream"]!["records-read"]! == NumberingJob.Rows * 3 / 4);
        CommandProcess frozen = cluster.Worker("worker-2");
        frozen.Freeze();
        redis.Resume();
        await cluster.RegisteredAsync("worker-1", "worker-3");
        await cluster.UntilAsync("the job to run on the others", $"/jobs/{id}", IsRunningAgain);
        await File.WriteAllTextAsync(Folder("last"), "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.True(await IsAsync(connection, NumberingJob.RowsOfKey));

        frozen.Thaw();
        CommandEnd end = await frozen.EndAsync();
        Assert.Equal(KilledExitCode, end.ExitCode);
        Assert.Contains("This process ends at once", end.Errors, StringComparison.Ordinal);
        Assert.True(await IsAsync(connection, NumberingJob.RowsOfKey));
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(Folder("out")));
    }

    [RedisFact(ownServer: true)]
    public async Task A_leader_that_wakes_up_neither_deploys_nor_commits_and_ends()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--appendonly", "yes");
        await using ProcessCluster cluster = new();
        (CommandProcess leader, CommandProcess standby, string address) =
            await cluster.StartWithStandbyAsync($"redis://{redis.Address}", "worker-1");
        string id = await SubmitAsync(cluster, $"redis://{redis.Address}", "");
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(Folder("out")).Length > 0, TimeSpan.FromSeconds(60));

        leader.Freeze();
        await standby.WroteAsync("This coordinator leads the cluster, epoch 2");
        await standby.WroteAsync("1 workers were running under a coordinator before this one, and are taken over");
        string former = cluster.Coordinator;
        cluster.Use(address);
        await cluster.UntilAsync(
            "a checkpoint under the standby", $"/jobs/{id}/checkpoints", checkpoints => (int)checkpoints["counts"]!["completed"]! > 0);
        string before = leader.Errors;

        // Whatever it had begun when it froze, it goes on with that.
        leader.Thaw();
        CommandEnd end = await leader.EndAsync();
        Assert.Equal(KilledExitCode, end.ExitCode);
        string after = end.Errors[before.Length..];
        Assert.Contains("This process ends at once", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Deploying job", after, StringComparison.Ordinal);
        CommandEnd asked = await CommandProcess.RunAsync($"jobs -m {former}");
        Assert.Equal(1, asked.ExitCode);

        await File.WriteAllTextAsync(Folder("gate"), "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        await cluster.UntilAsync("no restart", $"/jobs/{id}", job => (int)job["querystream"]!["restarts"]! == 0);
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(Folder("out")));
        Assert.DoesNotContain("ERROR", standby.Errors, StringComparison.Ordinal);
    }

    private static bool IsRunningAgain(System.Text.Json.Nodes.JsonNode job) =>
        (string)job["state"]! == "RUNNING" && (int)job["querystream"]!["restarts"]! > 0;

    // Whether the last number of each key is this one.
    private static async Task<bool> IsAsync(RespConnection connection, int number)
    {
        Dictionary<string, string> stored = await connection.ReadAllAsync("last:*");
        return NumberingJob.KeyTexts.All(key => stored.GetValueOrDefault($"last:{key}") == $"{key} {number}");
    }

    private Task<string> SubmitAsync(ProcessCluster cluster, string checkpoints, string settings) => cluster.SubmitAsync(
        $"{NumberingJob.Write(Folder("job"))} -p 2 --wait 60 -D execution.checkpointing.dir={checkpoints} "
        + $"-D execution.checkpointing.interval=100ms -- {NumberingJob.Settings(Folder("out"), Folder("gate"))} {settings}");

    private string Folder(string name) => Path.Combine(_folder.FullName, name);
}
