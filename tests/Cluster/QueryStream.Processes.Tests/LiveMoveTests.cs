using System.Text.Json.Nodes;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>Subtasks that move between processes while the others go on.</summary>
public sealed class LiveMoveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-moves-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Only_the_subtasks_of_a_worker_that_leaves_move_and_some_spread_to_one_that_joins_and_no_row_is_lost_or_repeated()
    {
        await using ProcessCluster cluster = new() { Properties = "jobmanager.adaptive-scheduler.resource-stabilization-timeout: 500ms" };
        cluster.StartCoordinator($"--storage file://{Folder("storage")}");
        string[] workers = ["worker-1", "worker-2", "worker-3"];
        Array.ForEach(workers, worker => cluster.StartWorker(worker, slots: 2));
        await cluster.RegisteredAsync(workers);
        (string output, string gate, string lastGate) = (Folder("out"), Folder("gate"), Folder("last-gate"));

        // No restart after a failure: the job ends with it.
        string engine = $"-D execution.checkpointing.dir={Folder("checkpoints")} -D execution.checkpointing.interval=200ms "
            + "-D restart-strategy.type=none";
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Folder("job"))} -p 4 {engine} -- {NumberingJob.Settings(output, gate)} --last-gate={lastGate}");
        await cluster.UntilAsync("the job to run", $"/jobs/{id}", job => (string)job["state"]! == "RUNNING");
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(output).Length > 0, TimeSpan.FromSeconds(60));
        Dictionary<string, string> before = await ShardsAsync(cluster, id, _ => true);

        // Rows flow while the tasks move.
        await File.WriteAllTextAsync(gate, "");
        cluster.Worker("worker-1").SendTerminate();
        Assert.Equal(0, (await cluster.Worker("worker-1").EndAsync()).ExitCode);
        Dictionary<string, string> drained = await ShardsAsync(
            cluster, id, shards => shards.Values.All(shard => !shard.StartsWith("worker-1", StringComparison.Ordinal)));
        AssertOthersStayed(before, drained, shard => shard.StartsWith("worker-1", StringComparison.Ordinal));

        cluster.StartWorker("worker-4", slots: 2);
        Dictionary<string, string> spread = await ShardsAsync(
            cluster, id, shards => shards.Values.Any(shard => shard.StartsWith("worker-4", StringComparison.Ordinal)));
        AssertOthersStayed(drained, spread, shard => !spread.ContainsValue(shard));

        await File.WriteAllTextAsync(lastGate, "");
        JsonNode end = await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));
        Assert.Equal(0, (int)end["querystream"]!["restarts"]!);

        JsonNode events = await cluster.UntilAsync("the events", $"/jobs/{id}/events", _ => true);
        JsonNode[] moves = [.. events["events"]!.AsArray().OfType<JsonNode>().Where(one => (string)one["kind"]! == "MOVED")];
        Assert.Equal(2, moves.Length);
        Assert.All(moves, move => Assert.Equal(
            ["placed", "stopped", "deployed", "running"], move["recovery"]!["phases"]!.AsArray().Select(phase => (string)phase!["name"]!)));
        Assert.Contains("the subtasks in the others went on. Worker worker-1 leaves", (string)moves[1]["text"]!, StringComparison.Ordinal);
    }

    // By shard: its worker, and the attempts of its tasks.
    private static async Task<Dictionary<string, string>> ShardsAsync(
        ProcessCluster cluster, string id, Func<Dictionary<string, string>, bool> condition)
    {
        Dictionary<string, string> shards = [];
        await cluster.UntilAsync("the tasks to run where they should", $"/jobs/{id}/shards", answer =>
        {
            JsonNode[] all = [.. answer["shards"]!.AsArray().OfType<JsonNode>()];
            shards = all.ToDictionary(
                shard => (string)shard["shard"]!,
                shard => $"{shard["worker"]}: {string.Join(", ", shard["tasks"]!.AsArray().Select(task => $"attempt {task!["attempt"]}"))}");
            return condition(shards) && all.All(shard => shard["tasks"]!.AsArray().All(task => (string)task!["status"]! == "RUNNING"));
        });
        return shards;
    }

    // A task that restarts has another attempt.
    private static void AssertOthersStayed(Dictionary<string, string> before, Dictionary<string, string> after, Predicate<string> moves)
    {
        Assert.Contains(before.Values, shard => moves(shard));
        Assert.All(before, shard => Assert.Equal(!moves(shard.Value), after[shard.Key] == shard.Value));
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);
}
