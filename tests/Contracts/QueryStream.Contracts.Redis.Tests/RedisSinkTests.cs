using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.TestKit;
using QueryStream.TestKit.Contracts;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>
/// The Redis sink on a real server. Redis keeps no order of keys, so the channel's messages show what has arrived, and values are read by key.
/// </summary>
[NeedsRedis]
public sealed class RedisSinkTests : SinkSuite<string>
{
    private const int KeysAtOnce = 1_000;

    // New in each test, so that tests can share a server.
    private readonly string _channel = $"rows-{Guid.NewGuid():n}";
    private readonly StackExchangeRedisConnections _connections = new(new RedisClientOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private RedisServer _server = null!;
    private RedisListener _listener = null!;

    protected override object[] Services => [_connections];

    public override async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _listener = await RedisListener.StartAsync(_server, _channel);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Assert.Equal(0, _connections.Count);
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override void Define(Stream<string> rows) => rows.ToRedis(
        "redis",
        new RedisSinkOptions { Address = _server.Address, Channel = _channel },
        row => new RedisUpsert(Text.From(KeyOf(row)), Text.From(row), Text.From(row)));

    protected override string RowOf(string text) => text;

    protected override async Task<IReadOnlyList<string>> ReadBackAsync()
    {
        await using RespConnection look = await _server.ConnectAsync();
        const string End = "the last message";
        await look.CallAsync("PUBLISH", _channel, End);
        await Wait.UntilAsync("the last message", () => _listener.Messages.LastOrDefault() == End);

        List<string> values = [];
        foreach (string[] rows in _listener.Messages.SkipLast(1).Chunk(KeysAtOnce))
        {
            object?[] found = (object?[])(await look.CallAsync(["MGET", .. rows.Select(KeyOf)]))!;
            values.AddRange(found.Select(value => Assert.IsType<string>(value)));
        }

        return values;
    }

    private string KeyOf(string row) => $"{_channel}:{row}";
}
