using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Redis;
using QueryStream.Connectors.Redis.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Checkpoints;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

[NeedsRedis]
public sealed class RedisCheckpointStorageContractTests : CheckpointStorageSuite
{
    private RedisServer? _server;

    protected override async Task PrepareAsync() => _server = await RedisServer.StartAsync();

    protected override ICheckpointStorage Open() =>
        new RedisCheckpointStorage(RedisAddress.Parse($"redis://{_server!.Address}/3"), new RedisClientOptions(), NullLogger.Instance);

    protected override async Task RemoveAsync() => await _server!.DisposeAsync();
}

/// <summary>The server in memory of the simulation.</summary>
public sealed class InMemoryCheckpointServerContractTests : CheckpointStorageSuite
{
    private readonly InMemoryCheckpointServer _server = new();

    protected override ICheckpointStorage Open() => _server.StoragesOver(new Direct()).Open("redis://simulated:6379");

    private sealed class Direct : ICommandPath
    {
        public Task<TResult> SendAsync<TResult>(Func<TResult> execute) => Task.FromResult(execute());
    }
}

/// <summary>Checkpoints in Redis: coordinators that fence each other, and servers that lose data or refuse writes.</summary>
public sealed class RedisCheckpointStorageTests
{
    [RedisFact(ownServer: true)]
    public async Task A_coordinator_that_was_overtaken_meanwhile_commits_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisCheckpointStorage old = New(server);
        await using RedisCheckpointStorage young = New(server);
        await old.AcquireAsync(default);
        await young.AcquireAsync(default);

        Assert.Equal(new CommitResult.Overtaken(new Epoch(2)), await old.CommitAsync(TestManifests.Of(1, 1, []), default));
        Assert.Empty(await young.ListAsync(default));
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_without_memory_is_an_error_that_names_it_and_its_setting()
    {
        await using RedisServer server = await RedisServer.StartAsync("--maxmemory", "2mb");
        await using RedisCheckpointStorage storage = New(server);
        await storage.AcquireAsync(default);
        CheckpointStorageException refusal = await Assert.ThrowsAsync<CheckpointStorageException>(async () =>
        {
            for (int number = 0; number < 100; number++)
            {
                await storage.SegmentsOf(TestManifests.Job).WriteAsync(TestManifests.Segment(1, 1, number: number), new byte[100_000], default);
            }
        });

        Assert.Contains("OOM", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(server.Address, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("execution.checkpointing.dir", refusal.Message, StringComparison.Ordinal);
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_that_is_gone_is_an_error_and_one_that_is_back_is_used_again()
    {
        await using RedisServer server = await RedisServer.StartAsync("--appendonly", "yes");
        await using RedisCheckpointStorage storage = New(server);
        await storage.AcquireAsync(default);
        server.Kill();
        await Assert.ThrowsAsync<CheckpointStorageException>(() => storage.CommitAsync(TestManifests.Of(1, 1, []), default));

        await server.RestartAsync();
        await TestKit.Wait.UntilAsync("a commit", async () =>
        {
            try
            {
                return await storage.CommitAsync(TestManifests.Of(1, 1, []), default) is CommitResult.Committed;
            }
            catch (CheckpointStorageException)
            {
                return false;
            }
        });
        Assert.Single(await storage.ListAsync(default));
    }

    [RedisFact(ownServer: true)]
    public async Task A_server_that_may_lose_checkpoints_is_warned_of()
    {
        await WarnsAsync("--appendonly no", "appendonly no");
        await WarnsAsync("--appendonly yes --appendfsync no", "appendfsync no");
        await WarnsAsync("--appendonly yes --maxmemory 100mb --maxmemory-policy allkeys-lru", "allkeys-lru");
        await WarnsAsync("--appendonly yes --maxmemory 100mb", null);
    }

    private static async Task WarnsAsync(string arguments, string? warning)
    {
        await using RedisServer server = await RedisServer.StartAsync(arguments.Split(' '));
        await using RedisCheckpointStorage storage = New(server);
        IReadOnlyList<string> warnings = await storage.DurabilityWarningsAsync(default);
        if (warning is null)
        {
            Assert.Empty(warnings);
        }
        else
        {
            Assert.Contains(warning, Assert.Single(warnings), StringComparison.Ordinal);
        }
    }

    private static RedisCheckpointStorage New(RedisServer server) =>
        new(RedisAddress.Parse(server.Address), new RedisClientOptions(), NullLogger.Instance);
}
