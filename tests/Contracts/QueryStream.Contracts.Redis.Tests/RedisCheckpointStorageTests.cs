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
        new RedisCheckpointStorage($"redis://{_server!.Address}/3", new RedisClientOptions(), NullLogger.Instance);

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
    public async Task A_coordinator_that_was_fenced_meanwhile_commits_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisCheckpointStorage old = New(server);
        await using RedisCheckpointStorage young = New(server);
        await old.AcquireAsync(default);
        await young.AcquireAsync(default);

        Assert.Equal(new CommitResult.Fenced(new Epoch(2)), await old.CommitAsync(TestManifests.Of(1, 1, []), default));
        Assert.Empty(await young.ListAsync(default));
    }

    [RedisFact(ownServer: true)]
    public async Task Clusters_that_share_a_server_do_not_fence_each_other()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisCheckpointStorage one = New(server, "/một");
        await using RedisCheckpointStorage other = New(server, "/other");
        Epoch epoch = await one.AcquireAsync(default);
        await other.AcquireAsync(default);

        Assert.IsType<CommitResult.Committed>(await one.CommitAsync(TestManifests.Of(epoch.Number, 1, []), default));
        Assert.Empty(await other.ListAsync(default));
        await using RedisCheckpointStorage reopened = new(one.Address, new RedisClientOptions { Cluster = "other" }, NullLogger.Instance);
        Assert.Single(await reopened.ListAsync(default));
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
    public async Task A_server_that_has_lost_all_its_data_is_used_again_under_the_same_epoch()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisCheckpointStorage storage = New(server);
        await using RedisCheckpointStorage before = New(server);
        await before.AcquireAsync(default);
        Assert.Equal(new Epoch(2), await storage.AcquireAsync(default));
        await FlushAllAsync(server);

        Assert.IsType<CommitResult.Committed>(await storage.CommitAsync(TestManifests.Of(2, 7, []), default));

        Assert.Equal(7, Assert.Single(await storage.ListAsync(default)).Id.Number);
        Assert.True(await storage.DeleteAsync(new Epoch(2), new StoredCheckpoint(TestManifests.Job, new CheckpointId(7)), default));
        await using RedisCheckpointStorage young = New(server);
        Assert.Equal(new Epoch(3), await young.AcquireAsync(default));
        Assert.Equal(new CommitResult.Fenced(new Epoch(3)), await storage.CommitAsync(TestManifests.Of(2, 8, []), default));
    }

    [RedisFact(ownServer: true)]
    public async Task Two_coordinators_with_the_same_epoch_after_a_loss_of_data_do_not_both_write()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisCheckpointStorage old = New(server);
        await using RedisCheckpointStorage young = New(server);
        await old.AcquireAsync(default);
        await FlushAllAsync(server);
        Assert.Equal(new Epoch(1), await young.AcquireAsync(default));
        await young.CommitAsync(TestManifests.Of(1, 7, []), default);

        Assert.Equal(new CommitResult.Fenced(new Epoch(1)), await old.CommitAsync(TestManifests.Of(1, 8, []), default));
        Assert.False(await old.DeleteAsync(new Epoch(1), new StoredCheckpoint(TestManifests.Job, new CheckpointId(7)), default));
        Assert.False(await old.DeleteSegmentsAsync(new Epoch(1), TestManifests.Job, [TestManifests.Segment(1, 1)], default));
        Assert.Equal(7, Assert.Single(await young.ListAsync(default)).Id.Number);
    }

    [RedisFact(ownServer: true)]
    public async Task What_a_server_refuses_is_told_in_its_words_and_without_the_password()
    {
        await using RedisServer server = await RedisServer.StartAsync("--requirepass", "geheim");
        await RefusesAsync(server.Address, null, "NOAUTH the server requires a password, see REDIS_PASSWORD. ");
        await RefusesAsync(server.Address, "falsch", "WRONGPASS the server accepts neither this user with this password nor anyone without, see ");
        await RefusesAsync($"redis://{server.Address}/99", "geheim", "99");
        await RefusesAsync($"127.0.0.1:{RedisServer.FreePort()}", "geheim", "Connection refused. ");
        await using RedisServer replica = await RedisServer.StartAsync("--replicaof", "127.0.0.1 1");
        await RefusesAsync(replica.Address, null, "READONLY");
    }

    [RedisFact(ownServer: true)]
    public async Task A_frozen_server_is_told_with_the_time_waited()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        RedisClientOptions options = new() { ResponseTimeout = TimeSpan.FromMilliseconds(300) };
        await using RedisCheckpointStorage storage = new(server.Address, options, NullLogger.Instance);
        await storage.AcquireAsync(default);
        server.Freeze();

        CheckpointStorageException e = await Assert.ThrowsAsync<CheckpointStorageException>(
            () => storage.CommitAsync(TestManifests.Of(1, 1, []), default));

        server.Resume();
        Assert.Equal(
            $"Redis at {server.Address} does not accept checkpoints: no response for 0.3 s. Its address is set by execution.checkpointing.dir.",
            e.Message);
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

    private static async Task FlushAllAsync(RedisServer server)
    {
        await using RespConnection redis = await server.ConnectAsync();
        await redis.CallAsync("FLUSHALL");
    }

    private static async Task RefusesAsync(string address, string? password, string reason)
    {
        await using RedisCheckpointStorage storage =
            new(address, new RedisClientOptions { Password = password }, NullLogger.Instance);
        CheckpointStorageException e = await Assert.ThrowsAsync<CheckpointStorageException>(() => storage.AcquireAsync(default));
        Assert.True(e.Message.Contains(reason, StringComparison.Ordinal), $"{reason} in {e}");
        Assert.DoesNotContain(password ?? "geheim", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 1, 300);
    }

    private static RedisCheckpointStorage New(RedisServer server, string cluster = "") =>
        new(server.Address + cluster, new RedisClientOptions(), NullLogger.Instance);
}
