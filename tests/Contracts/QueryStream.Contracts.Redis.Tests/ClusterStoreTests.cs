using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Redis;
using QueryStream.Connectors.Redis.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>What the coordinators of a cluster share, in a directory and in Redis.</summary>
public abstract class ClusterStoreSuite : IAsyncLifetime
{
    private IClusterStore _store = null!;

    public async Task InitializeAsync()
    {
        await PrepareAsync();
        _store = Open("blue");
        await _store.RaiseAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await RemoveAsync();
    }

    [Fact]
    public async Task What_is_written_is_read_listed_replaced_and_deleted()
    {
        Assert.Empty(await _store.ListAsync("jobs", default));
        Assert.Null(await _store.ReadAsync("jobs", "a", default));
        await _store.DeleteAsync("jobs", "a", default);

        await _store.WriteAsync("jobs", "a", Encoding.UTF8.GetBytes("đơn hàng"), default);
        await _store.WriteAsync("jobs", "a", Encoding.UTF8.GetBytes("đơn"), default);
        await _store.WriteAsync("jobs", "b", new byte[3_000_000], default);
        await _store.WriteAsync("blobs", "c", default, default);

        Assert.Equal(["a", "b"], (await _store.ListAsync("jobs", default)).Order(StringComparer.Ordinal));
        Assert.Equal("đơn", Encoding.UTF8.GetString((await _store.ReadAsync("jobs", "a", default))!));
        Assert.Equal(3_000_000, (await _store.ReadAsync("jobs", "b", default))!.Length);
        Assert.Empty((await _store.ReadAsync("blobs", "c", default))!);

        await _store.DeleteAsync("jobs", "a", default);
        Assert.Null(await _store.ReadAsync("jobs", "a", default));
        Assert.Equal(["b"], await _store.ListAsync("jobs", default));
    }

    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected abstract IClusterStore Open(string cluster);

    protected virtual Task RemoveAsync() => Task.CompletedTask;
}

public sealed class DirectoryClusterStoreTests : ClusterStoreSuite
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-store-");

    protected override IClusterStore Open(string cluster) => new DirectoryClusterStore(
        DurableFiles.Instance, $"file://{_folder.FullName}", new CheckpointStorages([new DirectoryStorageFactory(DurableFiles.Instance)]));

    protected override Task RemoveAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

[NeedsRedis]
public sealed class RedisClusterStoreTests : ClusterStoreSuite
{
    private RedisServer? _server;

    [Fact]
    public async Task Only_the_latest_leader_writes()
    {
        await using IClusterStore old = Open("blue");
        await using IClusterStore young = Open("blue");
        Epoch before = await old.RaiseAsync(default);
        await old.WriteAsync("jobs", "a", "1"u8.ToArray(), default);
        Epoch after = await young.RaiseAsync(default);
        Assert.True(after.Number > before.Number);

        CheckpointStorageException error = await Assert.ThrowsAsync<CheckpointStorageException>(
            () => old.WriteAsync("jobs", "a", "2"u8.ToArray(), default));
        Assert.Contains($"another one has taken over with epoch {after.Number}", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CheckpointStorageException>(() => old.DeleteAsync("jobs", "a", default));
        Assert.Equal("1", Encoding.UTF8.GetString((await young.ReadAsync("jobs", "a", default))!));
        await young.DeleteAsync("jobs", "a", default);
    }

    [Fact]
    public async Task Clusters_of_other_names_are_apart()
    {
        await using IClusterStore blue = Open("blue");
        await using IClusterStore green = Open("green");
        await blue.RaiseAsync(default);
        await blue.WriteAsync("jobs", "a", "1"u8.ToArray(), default);
        await green.RaiseAsync(default);

        Assert.Empty(await green.ListAsync("jobs", default));
        await blue.WriteAsync("jobs", "b", "1"u8.ToArray(), default);
    }

    [Fact]
    public async Task Of_several_coordinators_one_becomes_the_seed_and_is_replaced_once()
    {
        IClusterStore[] stores = [.. Enumerable.Range(0, 8).Select(_ => Open("red"))];
        string?[] first = await Task.WhenAll(stores.Select((store, number) => store.ProposeSeedAsync($"c{number}", replaced: null, default)));
        string seed = Assert.Single(first.Distinct())!;

        string?[] second = await Task.WhenAll(stores.Select((store, number) => store.ProposeSeedAsync($"d{number}", seed, default)));
        string next = Assert.Single(second.Distinct())!;
        Assert.StartsWith("d", next, StringComparison.Ordinal);
        Assert.Equal(next, await stores[0].ProposeSeedAsync("e", seed, default));
        foreach (IClusterStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_is_gone_is_named_with_the_setting()
    {
        await using RedisClusterStore store = new(
            "blue", RedisAddress.Parse($"127.0.0.1:{RedisServer.FreePort()}"), new RedisClientOptions(), NullLogger.Instance);
        CheckpointStorageException error = await Assert.ThrowsAsync<CheckpointStorageException>(() => store.RaiseAsync(default));
        Assert.Contains("Its address is set by --storage", error.Message, StringComparison.Ordinal);
    }

    protected override async Task PrepareAsync() => _server = await RedisServer.StartAsync();

    protected override IClusterStore Open(string cluster) =>
        new RedisClusterStore(cluster, RedisAddress.Parse(_server!.Address), new RedisClientOptions(), NullLogger.Instance);

    protected override async Task RemoveAsync() => await _server!.DisposeAsync();
}
