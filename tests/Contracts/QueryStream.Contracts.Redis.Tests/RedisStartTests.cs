using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.TestKit.Connectors;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>Problems of a server when a job starts.</summary>
public sealed class RedisStartTests
{
    [RedisFact(ownServer: true)]
    public async Task A_port_where_nobody_listens_is_an_error_with_address_and_setting()
    {
        await using Rig rig = await Rig.StartAsync();
        int port = RedisServer.FreePort();
        SinkHarness<(string Key, int Value)> writer = rig.Create(address: $"127.0.0.1:{port}");

        ServiceUnavailableException e = await Assert.ThrowsAsync<ServiceUnavailableException>(writer.OpenAsync);

        Assert.Equal($"Connection refused to Redis at 127.0.0.1:{port} (Connection refused); setting --redis or REDIS_ADDRESS", e.Message);
        Assert.Empty(rig.Warnings);
    }

    [RedisFact(ownServer: true)]
    public async Task A_frozen_server_is_an_error_with_the_time_waited()
    {
        // Longer than the sink waits at its start: with the same limit, either could end first.
        await using Rig rig = await Rig.StartAsync(new RedisClientOptions { ConnectTimeout = TimeSpan.FromSeconds(20) });
        SinkHarness<(string Key, int Value)> writer = rig.Create();
        rig.Server.Freeze();

        ServiceUnavailableException e = await Assert.ThrowsAsync<ServiceUnavailableException>(writer.OpenAsync);

        rig.Server.Resume();
        Assert.Contains("no response within 5 s", e.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_that_comes_a_little_late_is_waited_for()
    {
        await using Rig rig = await Rig.StartAsync();
        rig.Server.Kill();
        Task<SinkHarness<(string Key, int Value)>> open = rig.OpenAsync();
        await rig.Server.RestartAsync();
        await rig.ReconnectAsync();

        SinkHarness<(string Key, int Value)> writer = await open;
        writer.Write(("a", 1));
        await writer.FlushAsync();
        Assert.Equal(1, await rig.GetAsync("a"));
    }

    [RedisFact(ownServer: true)]
    public async Task An_unknown_host_name_is_an_error_that_says_so()
    {
        await using SingleWriter writer = new("no-such-host.invalid:6379");

        ServiceUnavailableException e = await Assert.ThrowsAsync<ServiceUnavailableException>(writer.OpenAsync);

        Assert.StartsWith("Connection refused to Redis at no-such-host.invalid:6379 (", e.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task A_password_is_asked_for_and_used()
    {
        await using RedisServer server = await RedisServer.StartAsync("--requirepass", "geheim");
        foreach ((string? password, string said) in new[] { (null, "NOAUTH"), ("wrong", "WRONGPASS") })
        {
            await using SingleWriter refused = new(server.Address, password);
            ServiceRefusedException e = await Assert.ThrowsAsync<ServiceRefusedException>(refused.OpenAsync);
            Assert.Contains(said, e.Message, StringComparison.Ordinal);
            Assert.Contains("REDIS_PASSWORD", e.Message, StringComparison.Ordinal);
        }

        await using SingleWriter writer = new(server.Address, "geheim");
        await writer.OpenAsync();
        await writer.WriteAsync("a");
    }

    [RedisFact(ownServer: true)]
    public async Task A_password_that_the_server_does_not_want_does_no_harm()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using SingleWriter writer = new(server.Address, "needless");
        await writer.OpenAsync();
        await writer.WriteAsync("a");
    }

    [RedisFact(ownServer: true)]
    public async Task A_fence_of_another_type_is_an_error_that_names_the_key()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        await rig.Look.CallAsync("SET", $"querystream:fence:{task.Job}", "mine");

        ServiceRefusedException e = await Assert.ThrowsAsync<ServiceRefusedException>(() => rig.OpenAsync(task: task));

        Assert.Contains($"DEL querystream:fence:{task.Job}", e.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task A_fence_that_holds_something_else_is_an_error_that_names_the_key()
    {
        await using Rig rig = await Rig.StartAsync();
        SinkHarnessTask task = SinkHarnessTask.New();
        await rig.Look.CallAsync("HSET", $"querystream:fence:{task.Job}", "results/0", "yesterday");

        ServiceRefusedException e = await Assert.ThrowsAsync<ServiceRefusedException>(() => rig.OpenAsync(task: task));

        Assert.Contains($"DEL querystream:fence:{task.Job}", e.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task Something_that_is_no_Redis_is_an_error_that_says_so()
    {
        await using FakeServer server = new("HTTP/1.1 400 Bad Request\r\n\r\n");
        await using SingleWriter writer = new(server.Address);

        ServiceUnavailableException e = await Assert.ThrowsAsync<ServiceUnavailableException>(writer.OpenAsync);

        Assert.Contains("the reply is not a Redis reply", e.Message, StringComparison.Ordinal);
    }
}
