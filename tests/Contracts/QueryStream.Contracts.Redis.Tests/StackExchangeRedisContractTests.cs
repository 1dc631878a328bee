using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Redis;
using QueryStream.TestKit;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

[NeedsRedis]
public sealed class StackExchangeRedisContractTests : RedisContract
{
    internal override Task<Subject> CreateAsync() => RealSubject.StartAsync();
}

internal sealed class RealSubject(RedisServer server, RespConnection look) : Subject
{
    private readonly StackExchangeRedisConnections _connections = new(new RedisClientOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private RedisListener? _listener;

    public override IRedisConnections Connections => _connections;

    public override RedisAddress Address => RedisAddress.Parse(server.Address);

    public static async Task<Subject> StartAsync()
    {
        RedisServer server = await RedisServer.StartAsync();
        return new RealSubject(server, await server.ConnectAsync());
    }

    public override Task<string?> GetAsync(string key) => look.TextAsync("GET", key);

    public override Task<long> TtlAsync(string key) => look.NumberAsync("TTL", key);

    public override async Task SubscribeAsync(string channel) => _listener = await RedisListener.StartAsync(server, channel);

    public override async Task<IReadOnlyList<string>> MessagesAsync(int count)
    {
        await Wait.UntilAsync($"{count} messages", () => _listener!.Messages.Count >= count);
        return [.. _listener!.Messages];
    }

    public override async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        await look.DisposeAsync();
        await server.DisposeAsync();
    }
}
