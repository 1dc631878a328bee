using System.Globalization;
using System.Text.Json.Nodes;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>The state of keys, asked for through the shard region while a job runs.</summary>
public sealed class StateTests : IDisposable
{
    // Half of the input of the job: the other half waits for a file that is never written.
    private const int RowsOfKey = NumberingJob.RowsOfKey / 2;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-state-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_state_of_each_key_is_what_its_rows_make_and_the_shards_are_where_the_tasks_are()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 2, slots: 2);
        string id = await StartJobAsync(cluster, parallelism: 3);
        foreach (string key in NumberingJob.KeyTexts)
        {
            await Wait.UntilAsync(
                $"the rows of key {key}", async () => await CountAsync(cluster, id, key) == RowsOfKey, TimeSpan.FromSeconds(60));
        }

        CommandEnd get = await cluster.RunAsync("state get Numbering numbering 5");
        Assert.True(get.ExitCode == 0, get.Errors);
        Assert.Matches(@"^numbering, key 5: key group \d+, numbering.* \(\d/3\), attempt 0, on worker-\d/\d, watermark ", get.Output);
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"\n  count (value): {RowsOfKey}\n"), get.Output, StringComparison.Ordinal);

        CommandEnd none = await cluster.RunAsync("state get Numbering numbering 99");
        Assert.EndsWith("\n  count (value): none\n", none.Output, StringComparison.Ordinal);
        CommandEnd text = await cluster.RunAsync($"state get {id} numbering five");
        Assert.Equal(1, text.ExitCode);
        Assert.Contains("'five' is no key", text.Errors, StringComparison.Ordinal);
        CommandEnd unknown = await cluster.RunAsync($"state get {id} counting 5");
        Assert.Contains("has no operator 'counting'. There are: 'numbering' (", unknown.Errors, StringComparison.Ordinal);

        // Every shard that was asked is at the worker of its tasks.
        CommandEnd shards = await cluster.RunAsync("cluster shards Numbering --json");
        Assert.True(shards.ExitCode == 0, shards.Errors);
        JsonArray all = JsonNode.Parse(shards.Output)!["jobs"]![0]!["shards"]!.AsArray();
        JsonNode members = await cluster.UntilAsync("the members", "/cluster/members", _ => true);
        Assert.Equal(3, all.Count);
        foreach (JsonNode? shard in all)
        {
            string node = (string)members["members"]!.AsArray()
                .First(member => (string?)member!["worker"] == (string)shard!["shard"]!["worker"]!)!["node"]!;
            Assert.Equal(node, (string)shard!["node"]!);
        }

        Assert.Equal(
            128,
            all.SelectMany(shard => shard!["shard"]!["tasks"]!.AsArray()).SelectMany(task => task!["keyGroups"]!.AsArray())
                .Sum(range => (int)range!["last"]! - (int)range["first"]! + 1));
        Assert.Matches(@"key groups 0-42 of numbering", (await cluster.RunAsync("cluster shards")).Output);
        Assert.Equal("keys\n", (await PbmAsync($"{cluster.Coordinator} cluster-sharding list-regions")).Output);
        string list = (await PbmAsync($"{cluster.Coordinator} cluster-sharding list-shards")).Output;
        Assert.EndsWith("\nCount: 3 shards\n", list, StringComparison.Ordinal);
        string stats = (await PbmAsync($"{cluster.Coordinator} cluster-sharding region-stats")).Output;
        Assert.Matches(@"^(akka\.tcp://querystream@127\.0\.0\.1:\d+ \| \d shards \| \d+ entities\n){2}Count: 3 shards, \d+ entities\n$", stats);
        Assert.Contains("\n    /leader", (await PbmAsync($"{cluster.Coordinator} actor hierarchy")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_are_late_but_never_of_a_former_owner_while_its_worker_is_killed()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 3, slots: 1);
        string id = await StartJobAsync(cluster, parallelism: 2);
        const string Key = "7";
        await Wait.UntilAsync("the rows of the key", async () => await CountAsync(cluster, id, Key) == RowsOfKey, TimeSpan.FromSeconds(60));
        JsonNode first = await AskAsync(cluster, id, Key);

        // The worker that owns the key dies between two questions, or in the middle of one.
        int attempt = (int)first["attempt"]!;
        int answers = 0;
        cluster.Worker((string)first["worker"]!).Kill();
        await Wait.UntilAsync(
            "the next owner to have all rows of the key",
            async () =>
            {
                JsonNode answer = await AskAsync(cluster, id, Key);
                int now = (int)answer["attempt"]!;
                Assert.True(now >= attempt, $"An answer of attempt {now} came after one of attempt {attempt}.");
                attempt = now;
                answers++;
                long count = CountOf(answer);
                Assert.InRange(count, 0, RowsOfKey);
                return now > (int)first["attempt"]! && count == RowsOfKey;
            },
            TimeSpan.FromSeconds(90));
        Assert.True(answers > 0);
    }

    private static Task<CommandEnd> PbmAsync(string arguments) => CommandProcess.RunAsync(arguments, ("QUERYSTREAM_COMMAND", "pbm"));

    private static Task<JsonNode> AskAsync(ProcessCluster cluster, string job, string key) =>
        cluster.UntilAsync("the state of the key", $"/jobs/{job}/state/numbering?key={key}&timeout=30s", _ => true);

    private static async Task<long> CountAsync(ProcessCluster cluster, string job, string key) => CountOf(await AskAsync(cluster, job, key));

    private static long CountOf(JsonNode answer)
    {
        JsonNode count = answer["states"]![0]!;
        Assert.Equal("count", (string)count["name"]!);
        return (bool)count["exists"]! ? (long)count["value"]! : 0;
    }

    private Task<string> StartJobAsync(ProcessCluster cluster, int parallelism)
    {
        string engine = $"-D execution.checkpointing.dir={FolderOf("checkpoints")} -D execution.checkpointing.interval=100ms";
        string settings = NumberingJob.Settings(FolderOf("out"), FolderOf("gate"));
        return cluster.SubmitAsync(string.Create(
            CultureInfo.InvariantCulture, $"{NumberingJob.Write(FolderOf("job"))} -p {parallelism} {engine} -- {settings}"));
    }

    private string FolderOf(string name) => Path.Combine(_folder.FullName, name);
}
