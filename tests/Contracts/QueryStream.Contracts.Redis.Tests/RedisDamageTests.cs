using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Redis;
using QueryStream.Connectors.Redis.Checkpoints;
using QueryStream.Testing.Checkpoints;
using QueryStream.Testing.Redis;
using StackExchange.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>Damaged checkpoints in Redis.</summary>
[NeedsRedis]
public sealed class RedisDamageTests : CheckpointDamageSuite
{
    private RedisServer? _server;
    private ConnectionMultiplexer? _connection;

    protected override async Task<ICheckpointStorage> OpenAsync()
    {
        _server = await RedisServer.StartAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync(_server.Address);
        return new RedisCheckpointStorage(_server.Address, new RedisClientOptions(), NullLogger.Instance);
    }

    // A place is told as: key KEY of Redis at ADDRESS.
    protected override async Task DamageAsync(string place, Func<byte[], byte[]?> change)
    {
        RedisKey key = place.Split(' ')[1];
        IDatabase redis = _connection!.GetDatabase();
        if (change((byte[]?)await redis.StringGetAsync(key) ?? []) is { } bytes)
        {
            await redis.StringSetAsync(key, bytes);
        }
        else
        {
            await redis.KeyDeleteAsync(key);
        }
    }

    protected override string PlaceOf(StoredCheckpoint checkpoint) =>
        $"key querystream:{{querystream}}:checkpoints:{checkpoint.Job}:chk-{checkpoint.Id} of Redis at {_server!.Address}";

    protected override async Task RemoveAsync()
    {
        await _connection!.DisposeAsync();
        await _server!.DisposeAsync();
    }
}
