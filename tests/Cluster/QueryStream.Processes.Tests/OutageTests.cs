using System.Diagnostics;
using System.Text.Json.Nodes;
using QueryStream.Testing;
using QueryStream.Testing.Redis;

namespace QueryStream.Processes.Tests;

/// <summary>Outages of Kafka while workers read from it. The broker is a server of its own, since the tests freeze it.</summary>
public sealed class OutageTests(OutageTests.Servers servers) : IClassFixture<OutageTests.Servers>
{
    private const int Events = 3_000_000;

    [OutageFact]
    public async Task A_broker_that_does_not_answer_for_a_minute_restarts_nothing_and_changes_no_result()
    {
        string input = $"--kafka {servers.Kafka.Address} --topic outage";
        CommandEnd produced = await CommandProcess.RunAsync($"produce queries {input} --rate max --events {Events}");
        Assert.True(produced.ExitCode == 0, produced.Errors);
        string job = $"query-analytics --kafka {servers.Kafka.Address} --bounded -p 2";
        CommandEnd local = await CommandProcess.RunAsync(
            $"run {job} --local --redis redis://{servers.Redis.Address}/1 -- --topic=outage --group-id=local");
        Assert.True(local.ExitCode == 0, local.Errors);

        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 2, slots: 1);
        string id = await cluster.SubmitAsync($"{job} --redis redis://{servers.Redis.Address}/2 -- --topic=outage --group-id=cluster");
        string path = $"/jobs/{id}";
        await cluster.UntilAsync("the first records to be read", path, answer => ReadBy(answer) > 0);
        servers.Kafka.Freeze();
        Stopwatch frozen = Stopwatch.StartNew();
        JsonNode waiting = await cluster.UntilAsync("a minute to pass", path, _ => frozen.Elapsed >= TimeSpan.FromMinutes(1));
        Assert.InRange(ReadBy(waiting), 1, Events - 1);
        servers.Kafka.Resume();

        JsonNode ended = await cluster.UntilAsync("the job to finish", path, answer => (string)answer["state"]! == "FINISHED");
        Assert.Equal(Events, ReadBy(ended));
        Assert.Equal(0, (int)ended["querystream"]!["restarts"]!);
        Assert.Equal(0, (long)ended["querystream"]!["late-dropped"]!);
        Assert.Equal(await StoredAsync(database: 1), await StoredAsync(database: 2));
    }

    private static long ReadBy(JsonNode job) => (long)job["querystream"]!["records-read"]!;

    private async Task<Dictionary<string, string>> StoredAsync(int database)
    {
        await using RespConnection connection = await servers.Redis.ConnectAsync();
        await connection.CallAsync("SELECT", $"{database}");
        Dictionary<string, string> stored = await connection.ReadAllAsync("analytics:*");
        Assert.NotEmpty(stored);
        return stored;
    }

    /// <summary>A broker and a Redis of its own.</summary>
    public sealed class Servers() : KafkaAndRedis(ownServer: true);

    private sealed class OutageFactAttribute : FactAttribute
    {
        public OutageFactAttribute() => Skip = KafkaAndRedis.MissingReason(ownServer: true);
    }
}
