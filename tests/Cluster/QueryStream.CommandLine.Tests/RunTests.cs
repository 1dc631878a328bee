using System.Text.Json;
using QueryStream.Testing.Redis;

namespace QueryStream.CommandLine.Tests;

/// <summary>Commands with a real Kafka and a real Redis.</summary>
public sealed class RunTests(Servers servers) : IClassFixture<Servers>
{
    [ServerFact]
    public async Task What_was_produced_is_worked_off_by_a_bounded_run()
    {
        string topic = Servers.NewTopic("run");
        CommandEnd produced = await CommandProcess.RunAsync(
            $"produce queries --kafka {servers.Kafka.Address} --topic {topic} --rate max --events 20000 --partitions 3");
        Assert.Equal((0, ""), (produced.ExitCode, produced.Problems));
        Assert.StartsWith($"20,000 events in topic '{topic}' after ", produced.Output, StringComparison.Ordinal);

        CommandEnd end = await CommandProcess.RunAsync(
            $"run query-analytics --local --bounded --json {servers.Options} --parallelism 2 -- --topic={topic}");

        Assert.Equal(0, end.ExitCode);
        using JsonDocument json = JsonDocument.Parse(end.Output);
        Assert.Equal(20_000, json.RootElement.GetProperty("events").GetInt64());

        // 20,000 events span 2 seconds of event time: one window of each size, with 4 user types (1 of students) and 5 years.
        JsonElement results = json.RootElement.GetProperty("results");
        Assert.Equal(
            (4, 5, 20),
            (results.GetProperty("faculty").GetInt64(), results.GetProperty("year").GetInt64(), results.GetProperty("heatmap").GetInt64()));
        Assert.Equal(1, results.GetProperty("success_rate").GetInt64());
        Assert.Equal(0, json.RootElement.GetProperty("updates").GetInt64());
        await using RespConnection redis = await servers.Redis.ConnectAsync();
        string? stored = await redis.TextAsync("GET", "analytics:success_rate:all:2025-12-06T05:46:00");
        Assert.Contains("\"final\":true", stored, StringComparison.Ordinal);
        Assert.Contains("✓ Kafka source table created", end.Errors, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task Addresses_come_from_the_environment_where_no_option_names_them()
    {
        string topic = Servers.NewTopic("environment");
        (string, string)[] environment = [("KAFKA_BOOTSTRAP_SERVERS", servers.Kafka.Address), ("REDIS_ADDRESS", servers.Redis.Address)];
        Assert.Equal(0, (await CommandProcess.RunAsync($"produce queries --topic {topic} --rate max --events 100", environment)).ExitCode);

        CommandEnd end = await CommandProcess.RunAsync($"run query-analytics --local --bounded -- --topic={topic}", environment);

        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        Assert.Contains("events    100 (", end.Output, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_run_without_end_stops_by_a_signal()
    {
        string topic = Servers.NewTopic("endless");
        await CommandProcess.RunAsync($"produce queries --kafka {servers.Kafka.Address} --topic {topic} --rate max --events 100");
        await using CommandProcess run = CommandProcess.Start($"run query-analytics --local {servers.Options} -- --topic={topic}");
        await run.WroteAsync("✓ Streaming job started successfully");

        run.SendInterrupt();

        CommandEnd end = await run.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        Assert.Contains("Query Analytics Streaming: CANCELED", end.Output, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task Producing_without_end_stops_by_a_signal_and_what_was_produced_counts()
    {
        string topic = Servers.NewTopic("producing");
        await using CommandProcess produce = CommandProcess.Start(
            $"produce queries --kafka {servers.Kafka.Address} --topic {topic} --rate 1000 --kind distinct");
        await QueryStream.TestKit.Wait.UntilAsync("the topic to have events", async () =>
        {
            CommandEnd run = await CommandProcess.RunAsync($"run query-analytics --local --bounded --json {servers.Options} -- --topic={topic}");
            return run.ExitCode == 0 && JsonDocument.Parse(run.Output).RootElement.GetProperty("events").GetInt64() > 0;
        }, TimeSpan.FromSeconds(60));

        produce.SendInterrupt();

        CommandEnd end = await produce.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        Assert.Contains($"events in topic '{topic}'", end.Output, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_topic_that_is_not_there_is_told_with_those_that_are()
    {
        string topic = Servers.NewTopic("known");
        await CommandProcess.RunAsync($"produce queries --kafka {servers.Kafka.Address} --topic {topic} --rate max --events 1");

        CommandEnd end = await CommandProcess.RunAsync($"run query-analytics --local {servers.Options} -- --topic=unknown");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith($"ERROR: Kafka at {servers.Kafka.Address} has no topic 'unknown'; there are ", end.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(topic, end.ErrorLine, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_bench_fills_an_empty_topic_once_and_runs_over_all_of_it()
    {
        string topic = Servers.NewTopic("bench");
        string command = $"bench analytics {servers.Options} --topic {topic} --events 30000 --json";

        CommandEnd first = await CommandProcess.RunAsync(command);
        CommandEnd second = await CommandProcess.RunAsync(command);

        foreach (CommandEnd end in (CommandEnd[])[first, second])
        {
            Assert.Equal(0, end.ExitCode);
            using JsonDocument json = JsonDocument.Parse(end.Output);
            Assert.Equal(30_000, json.RootElement.GetProperty("events").GetInt64());
            Assert.True(json.RootElement.GetProperty("events_per_second").GetDouble() > 0);
        }

        Assert.Contains("Filling topic", first.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Filling topic", second.Errors, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_bench_takes_checkpoints_where_settings_of_the_engine_say_so()
    {
        CommandEnd end = await CommandProcess.RunAsync(
            $"bench analytics {servers.Options} --topic {Servers.NewTopic("bench-engine")} --events 10 -D execution.checkpointing.dir=/dev/null/c");

        Assert.Equal(1, end.ExitCode);
        Assert.Contains("/dev/null/c", end.ErrorLine, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_bench_takes_the_topic_of_the_setting_where_no_option_names_one()
    {
        string topic = Servers.NewTopic("bench-setting");

        CommandEnd end = await CommandProcess.RunAsync($"bench analytics {servers.Options} --events 100 --json -- --topic={topic}");

        Assert.Contains($"Filling topic '{topic}' with 100 events", end.Errors, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_task_that_cannot_go_on_ends_the_run_with_its_reason()
    {
        string topic = Servers.NewTopic("failing");
        await CommandProcess.RunAsync($"produce queries --kafka {servers.Kafka.Address} --topic {topic} --rate max --events 10");

        // Every event is larger than one byte, and /dev/full accepts no dead letter.
        CommandEnd end = await CommandProcess.RunAsync(
            $"run query-analytics --local {servers.Options} -- --topic={topic} --max-record-bytes=1 --dead-letter.file=/dev/full");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: The file '/dev/full' cannot be written to: ", end.ErrorLine, StringComparison.Ordinal);
        Assert.StartsWith("Query Analytics Streaming: FAILED after ", end.Output, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task Redis_that_is_away_is_one_line()
    {
        string topic = Servers.NewTopic("away");
        await CommandProcess.RunAsync($"produce queries --kafka {servers.Kafka.Address} --topic {topic} --rate max --events 1");

        CommandEnd end = await CommandProcess.RunAsync(
            $"run query-analytics --local --bounded --kafka {servers.Kafka.Address} --redis 127.0.0.1:{RedisServer.FreePort()} -- --topic={topic}");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: Connection refused to Redis at 127.0.0.1:", end.ErrorLine, StringComparison.Ordinal);
    }
}
