using System.Collections.Concurrent;
using System.Text;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.TestKit;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>Reading what sinks have stored and published.</summary>
public sealed class RedisReaderTests
{
    [RedisFact]
    public async Task Values_are_read_in_the_order_of_their_keys_and_found_and_deleted_by_prefix()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RespConnection redis = await server.ConnectAsync();
        string prefix = $"reader[{Guid.NewGuid():n}]*:";
        string[] keys = [.. Enumerable.Range(0, 2_500).Select(i => $"{prefix}{i}")];
        foreach (string key in keys)
        {
            await redis.CallAsync("SET", key, $"value of {key}");
        }

        await redis.CallAsync("SET", $"other{prefix}", "not found");
        await using RedisReader reader = await OpenAsync(server.Address);

        Assert.Equal(keys.Order(StringComparer.Ordinal), (await reader.FindKeysAsync(prefix, CancellationToken.None)).Order(StringComparer.Ordinal));
        Assert.Equal([null, .. keys.Select(key => $"value of {key}")], await reader.GetAsync(["missing", .. keys], CancellationToken.None));
        await reader.DeleteAsync(keys, CancellationToken.None);
        Assert.Empty(await reader.FindKeysAsync(prefix, CancellationToken.None));
        Assert.Equal("not found", await redis.TextAsync("GET", $"other{prefix}"));
    }

    [RedisFact]
    public async Task Messages_of_a_channel_come_in_their_order()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RespConnection redis = await server.ConnectAsync();
        await using RedisReader reader = await OpenAsync(server.Address);
        string channel = $"reader-{Guid.NewGuid():n}";
        ConcurrentQueue<string> messages = [];

        await reader.SubscribeAsync(channel, message => messages.Enqueue(Encoding.UTF8.GetString(message.Span)), CancellationToken.None);
        for (int i = 0; i < 500; i++)
        {
            await redis.CallAsync("PUBLISH", channel, $"{i}");
        }

        await Wait.UntilAsync("the messages", () => messages.Count >= 500);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), messages);
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_that_is_away_or_refuses_is_an_error_with_its_address()
    {
        string unused = $"127.0.0.1:{RedisServer.FreePort()}";
        await using RedisServer server = await RedisServer.StartAsync("--requirepass", "secret");

        ServiceUnavailableException away = await Assert.ThrowsAsync<ServiceUnavailableException>(() => OpenAsync(unused));
        await Assert.ThrowsAnyAsync<QueryStreamException>(() => OpenAsync(server.Address));

        Assert.Equal($"Connection refused to Redis at {unused} (Connection refused); setting --redis or REDIS_ADDRESS", away.Message);
    }

    private static Task<RedisReader> OpenAsync(string address) =>
        RedisReader.OpenAsync(RedisAddress.Parse(address), new RedisClientOptions(), CancellationToken.None);
}
