using System.Globalization;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Net;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>Faults of a real server while rows are written.</summary>
public sealed class RedisOutageTests
{
    [RedisFact(ownServer: true)]
    public async Task Rows_are_stored_with_their_life_and_messages_and_nothing_else_is_touched()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(task: task);
        writer.Write(Enumerable.Range(0, 3000).Select(i => ($"analytics:{i}", i)));
        await writer.FlushAsync();

        Assert.Equal(3000, writer.Acknowledged);
        Assert.Equal(
            Enumerable.Range(0, 3000).Sum(i => $"analytics:{i}".Length + $"{i}".Length + $"analytics:{i}={i}".Length), writer.BytesWritten);
        await Wait.UntilAsync("all messages", () => rig.Listener.Messages.Count == 3000);
        Assert.Equal(2999, await rig.GetAsync("analytics:2999"));
        Assert.InRange(await rig.Look.NumberAsync("TTL", "analytics:0"), 2_592_000 - 10, 2_592_000);
        Assert.Equal(3001, await rig.Look.NumberAsync("DBSIZE"));
        Assert.InRange(await rig.Look.NumberAsync("TTL", $"querystream:fence:{task.Job}"), 604_800 - 10, 604_800);
    }

    [RedisFact(ownServer: true)]
    public async Task The_latency_of_each_write_is_known_also_that_of_one_for_which_the_server_took_long()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync();
        writer.Write(("analytics:1", 1));
        await writer.FlushAsync();
        Assert.True(Assert.Single(writer.Writes) > TimeSpan.Zero);

        rig.Server.Freeze();
        writer.Write(("analytics:2", 2));
        long sent = TimeProvider.System.GetTimestamp();
        TimeSpan frozen = TimeSpan.FromMilliseconds(200);
        await Wait.UntilAsync("the server to be frozen for a while", () => TimeProvider.System.GetElapsedTime(sent) > frozen);
        rig.Server.Resume();
        await writer.FlushAsync();
        Assert.Equal(2, writer.Writes.Count);
        Assert.True(writer.Writes[1] > frozen, $"{writer.Writes[1]}");
    }

    [RedisFact(ownServer: true)]
    public async Task Writers_of_one_process_share_one_connection()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        for (int subtask = 0; subtask < 4; subtask++)
        {
            SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(task: task with { Subtask = subtask });
            writer.Write(($"k{subtask}", subtask));
            await writer.FlushAsync();
        }

        string clients = (await rig.Look.TextAsync("CLIENT", "LIST"))!;
        Assert.Single(clients.Split('\n'), client => client.Contains("name=querystream ", StringComparison.Ordinal));
        Assert.Equal(4 + 1, await rig.Look.NumberAsync("HLEN", $"querystream:fence:{task.Job}"));
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_frozen_for_10_s_mid_stream_loses_nothing_and_turns_nothing_back()
    {
        await using Rig rig = await Rig.StartAsync(Rig.Impatient);
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(valueBytes: 4000);
        long connectionsBefore = await ConnectionsAsync(rig);
        Load load = new(writer, keys: 200);
        await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > 2000);

        rig.Server.Freeze();
        await load.RunForAsync(TimeSpan.FromSeconds(10));
        Assert.Single(rig.Warnings);
        rig.Server.Resume();

        long acknowledged = writer.Acknowledged;
        await load.RunUntilAsync("rows to flow again", () => writer.Acknowledged > acknowledged + 2000);
        await writer.FlushAsync();
        Assert.Equal(load.Written, writer.Acknowledged);
        Assert.True(await ConnectionsAsync(rig) > connectionsBefore, "The client did not reconnect: nothing was proved.");
        Assert.Contains("no response for 1 s", Assert.Single(rig.Warnings), StringComparison.Ordinal);
        await Wait.UntilAsync("the log to say that it is over", () => rig.Recoveries == 1);
        await rig.AssertOrderAsync(load.Newest);
    }

    [RedisFact(ownServer: true)]
    public async Task Bytes_that_an_old_connection_delivers_after_the_retry_are_refused()
    {
        await using Rig rig = await Rig.StartAsync(Rig.Impatient);
        await using TcpProxy proxy = new(rig.Server.Port);
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(address: proxy.Address);
        writer.Write(("a", 1));
        await writer.FlushAsync();

        proxy.Hold();
        writer.Write(("a", 2), ("old", 1));
        await writer.UntilAsync("the old flush to be on its way", () => proxy.HeldBytes > 100);
        writer.Write(("a", 3));
        await writer.FlushAsync();
        Assert.Equal(3, await rig.GetAsync("a"));
        await rig.Look.CallAsync("DEL", "old");

        long held = proxy.HeldBytes;
        await proxy.ReleaseAsync();
        await Wait.UntilAsync("Redis to have executed the old bytes", () => proxy.AnsweredBytes > 0);
        Assert.True(held > 100);
        Assert.Equal(3, await rig.GetAsync("a"));
        Assert.Null(await rig.GetAsync("old"));
        await rig.AssertOrderAsync(new Dictionary<string, int> { ["a"] = 3 });

        writer.Write(("a", 4));
        await writer.FlushAsync();
        Assert.Equal(5, writer.Acknowledged);
        await rig.AssertOrderAsync(new Dictionary<string, int> { ["a"] = 4 });
    }

    [RedisFact(ownServer: true)]
    public async Task A_killed_and_restarted_server_gets_all_that_it_had_not_acknowledged()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(valueBytes: 1000);
        Load load = new(writer, keys: 1000);
        await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > 5000);
        rig.Server.Kill();
        await load.RunForAsync(TimeSpan.FromSeconds(1));
        Dictionary<string, int> before = new(load.Newest);
        writer.Write(load.WriteAll());

        await rig.Server.RestartAsync();
        await rig.ReconnectAsync();
        await writer.FlushAsync();

        Assert.Equal(load.Written, writer.Acknowledged);
        Assert.All(before, pair => Assert.True(load.Newest[pair.Key] > pair.Value));
        await rig.AssertOrderAsync(load.Newest);
        Assert.Single(rig.Warnings);
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_that_comes_back_is_noticed_also_where_nothing_is_to_be_written()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync();
        writer.Write(("a", 1));
        await writer.FlushAsync();

        rig.Server.Kill();
        await Wait.UntilAsync("the loss to be logged", () => rig.Warnings.Count == 1);
        await rig.Server.RestartAsync();

        await Wait.UntilAsync("the return to be logged", () => rig.Recoveries == 1);
    }

    [RedisFact(ownServer: true)]
    public async Task A_flushed_script_cache_is_filled_again()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync();
        Load load = new(writer, keys: 100);
        for (int i = 0; i < 5; i++)
        {
            long acknowledged = writer.Acknowledged;
            await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > acknowledged + 500);
            await rig.Look.CallAsync("SCRIPT", "FLUSH");
        }

        await writer.FlushAsync();
        Assert.Equal(load.Written, writer.Acknowledged);
        await rig.AssertOrderAsync(load.Newest);
        Assert.Empty(rig.Warnings);
    }

    [RedisFact(ownServer: true)]
    public async Task A_deleted_fence_is_raised_again()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(task: task);
        Load load = new(writer, keys: 100);
        for (int i = 0; i < 5; i++)
        {
            long acknowledged = writer.Acknowledged;
            await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > acknowledged + 500);
            await rig.Look.CallAsync("FLUSHALL");
        }

        writer.Write(load.WriteAll());
        await writer.FlushAsync();
        Assert.Equal(load.Written, writer.Acknowledged);
        await rig.AssertOrderAsync(load.Newest);
        Assert.Equal(1 + 1, await rig.Look.NumberAsync("HLEN", $"querystream:fence:{task.Job}"));
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_out_of_memory_is_waited_for_and_pushes_back()
    {
        await using Rig rig = await Rig.StartAsync(null, "--maxmemory-policy", "noeviction");
        RedisSinkOptions options = new() { MaxPendingRows = 2000, MaxRetryDelay = TimeSpan.FromMilliseconds(200) };
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(options, valueBytes: 1000);
        await rig.Look.CallAsync("CONFIG", "SET", "maxmemory", "3mb");
        int next = 0;
        while (!writer.Writer.IsFull || rig.Warnings.Count == 0)
        {
            await Wait.UntilAsync("room, or the server to be full", () => !writer.Writer.IsFull || rig.Warnings.Count > 0);
            writer.Write(writer.Writer.IsFull ? [] : [($"k{next}", next++)]);
        }

        long wakes = writer.Wakes;
        Assert.Contains("OOM", Assert.Single(rig.Warnings), StringComparison.Ordinal);
        await rig.Look.CallAsync("CONFIG", "SET", "maxmemory", "0");
        await writer.UntilAsync("room in the writer", () => !writer.Writer.IsFull);
        Assert.True(writer.Wakes > wakes);
        await writer.FlushAsync();
        Assert.Equal(next, writer.Acknowledged);
        Assert.Equal(next + 1, await rig.Look.NumberAsync("DBSIZE"));
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_that_has_memory_for_some_writes_only_is_two_lines_of_log()
    {
        await using Rig rig = await Rig.StartAsync(null, "--maxmemory-policy", "noeviction");
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(new RedisSinkOptions { RetryDelay = TimeSpan.FromMilliseconds(20) });
        Load load = new(writer, keys: 200);
        await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > 2000);
        for (int i = 0; i < 20; i++)
        {
            await rig.Look.CallAsync("CONFIG", "SET", "maxmemory", "1mb");
            long refused = await RefusedAsync(rig);
            await load.RunUntilAsync("a refusal", async () => await RefusedAsync(rig) > refused);
            await rig.Look.CallAsync("CONFIG", "SET", "maxmemory", "0");
            long acknowledged = writer.Acknowledged;
            await load.RunUntilAsync("rows to flow again", () => writer.Acknowledged > acknowledged);
        }

        await writer.FlushAsync();
        await Wait.UntilAsync("the log to say that it is over", () => rig.Recoveries == 1);
        Assert.Contains("OOM", Assert.Single(rig.Warnings), StringComparison.Ordinal);
        Assert.Equal(load.Written, writer.Acknowledged);
        await rig.AssertOrderAsync(load.Newest);
    }

    [RedisFact(ownServer: true)]
    public async Task A_script_of_another_client_that_blocks_the_server_is_waited_for()
    {
        await using Rig rig = await Rig.StartAsync(Rig.Impatient, "--busy-reply-threshold", "100");
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync();
        Load load = new(writer, keys: 200);
        await load.RunUntilAsync("rows to flow", () => writer.Acknowledged > 2000);

        await using RespConnection other = await rig.Server.ConnectAsync();
        Task<object?> endless = other.CallAsync("EVAL", "while true do end", 0);
        await load.RunUntilAsync("the warning", () => rig.Warnings.Count > 0);
        await rig.Look.CallAsync("SCRIPT", "KILL");
        await Assert.ThrowsAsync<RespException>(() => endless);

        await writer.FlushAsync();
        Assert.Equal(load.Written, writer.Acknowledged);
        await rig.AssertOrderAsync(load.Newest);
    }

    [RedisFact(ownServer: true)]
    public async Task A_replica_that_takes_no_writes_is_waited_for()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync();
        await rig.Look.CallAsync("REPLICAOF", "127.0.0.1", RedisServer.FreePort());
        writer.Write(("a", 1));
        await Wait.UntilAsync("the warning", () => rig.Warnings.Count == 1);
        Assert.Contains("READONLY", rig.Warnings[0], StringComparison.Ordinal);

        await rig.Look.CallAsync("REPLICAOF", "NO", "ONE");
        await writer.FlushAsync();
        Assert.Equal(1, await rig.GetAsync("a"));
    }

    [RedisFact(ownServer: true)]
    public async Task A_fence_that_becomes_another_type_fails_the_task_by_its_name()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        SinkHarness<(string Key, int Value)> writer = await rig.OpenAsync(task: task);
        await rig.Look.CallAsync("SET", $"querystream:fence:{task.Job}", "mine");
        writer.Write(("a", 1));
        await Wait.UntilAsync("the failure", () => writer.Failures.Count > 0);

        ServiceRefusedException e = Assert.IsType<ServiceRefusedException>(Assert.Single(writer.Failures));
        Assert.Contains($"'querystream:fence:{task.Job}'", e.Message, StringComparison.Ordinal);
        Assert.Null(await rig.GetAsync("a"));
    }

    [RedisFact(ownServer: true)]
    public async Task An_attempt_that_a_newer_one_has_replaced_writes_nothing_more()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        SinkHarness<(string Key, int Value)> old = await rig.OpenAsync(task: task);
        old.Write(("a", 1));
        await old.FlushAsync();
        SinkHarness<(string Key, int Value)> replacement = await rig.OpenAsync(task: task with { Attempt = 1 });
        old.Write(("a", 2));
        await Wait.UntilAsync("the failure", () => old.Failures.Count > 0);

        Assert.Equal(1, await rig.GetAsync("a"));
        replacement.Write(("a", 3));
        await replacement.FlushAsync();
        Assert.Equal(3, await rig.GetAsync("a"));
    }

    private static Task<long> ConnectionsAsync(Rig rig) => StatisticAsync(rig, "total_connections_received");

    private static Task<long> RefusedAsync(Rig rig) => StatisticAsync(rig, "total_error_replies");

    private static async Task<long> StatisticAsync(Rig rig, string name)
    {
        string info = (await rig.Look.TextAsync("INFO", "stats"))!;
        string line = info.Split("\r\n").Single(text => text.StartsWith($"{name}:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
    }
}
