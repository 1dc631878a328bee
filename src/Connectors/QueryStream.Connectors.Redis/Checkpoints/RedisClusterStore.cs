using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>
/// What the coordinators of a cluster share, in Redis, under keys that begin with the name of the cluster (in braces, so that one script may use all
/// of them):
/// <code>
/// querystream:{CLUSTER}:epoch         the last epoch
/// querystream:{CLUSTER}:owner         a random text of the coordinator whose epoch that is
/// querystream:{CLUSTER}:seed          the address of the coordinator that the others join
/// querystream:{CLUSTER}:FOLDER        set of the names of the values in a folder
/// querystream:{CLUSTER}:FOLDER:NAME   a value
/// </code>
/// Scripts compare epoch and owner before they write, so only the latest of several leaders can.
/// </summary>
public sealed class RedisClusterStore : IClusterStore
{
    private readonly RedisAddress _address;
    private readonly string _prefix;
    private readonly ICheckpointCommands _redis;
    private readonly ILogger _log;
    private readonly string _owner = Guid.NewGuid().ToString("n");

    // Written by the leader when it begins, read by its requests. 0: this process has not led yet.
    private long _epoch;

    /// <summary>Creates the store. Connects at the first call.</summary>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="address">The server.</param>
    /// <param name="options">The client options.</param>
    /// <param name="log">Where warnings about the server's durability are logged.</param>
    public RedisClusterStore(string cluster, RedisAddress address, RedisClientOptions options, ILogger log)
        : this(cluster, address, new CheckpointCommands(address, options), log)
    {
    }

    /// <summary>Creates a store on another server, such as one in memory.</summary>
    internal RedisClusterStore(string cluster, RedisAddress address, ICheckpointCommands redis, ILogger log)
    {
        _prefix = $"querystream:{{{cluster}}}:";
        _address = address;
        _redis = redis;
        _log = log;
    }

    /// <inheritdoc/>
    public async Task<Epoch> RaiseAsync(CancellationToken cancellationToken)
    {
        long epoch = await CallAsync(redis => redis.AcquireAsync(KeyOf("epoch"), KeyOf("owner"), _owner), cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _epoch, epoch);
        IReadOnlyList<string> warnings = await CallAsync(redis => RedisDurability.WarningsAsync(redis, _address), cancellationToken)
            .ConfigureAwait(false);
        foreach (string warning in warnings)
        {
            Log.NotDurable(_log, warning);
        }

        return new Epoch(epoch);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken) =>
        CallAsync(redis => redis.MembersAsync(KeyOf(folder)), cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string folder, string name, CancellationToken cancellationToken) =>
        CallAsync(redis => redis.GetAsync(KeyOf(folder, name)), cancellationToken);

    /// <inheritdoc/>
    public async Task WriteAsync(string folder, string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        (CommitReply reply, long epoch) = await CallAsync(
            redis => redis.CommitAsync(Owned(), [], KeyOf(folder, name), value, new SetMember(KeyOf(folder), name)), cancellationToken)
            .ConfigureAwait(false);
        if (reply != CommitReply.Committed)
        {
            throw Fenced(epoch);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string folder, string name, CancellationToken cancellationToken)
    {
        bool isOwner = await CallAsync(
            redis => redis.DeleteAsync(Owned(), KeyOf(folder), [new KeyedMember(KeyOf(folder, name), name)]), cancellationToken)
            .ConfigureAwait(false);
        if (!isOwner)
        {
            throw Fenced(null);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ProposeSeedAsync(string address, string? replaced, CancellationToken cancellationToken) =>
        await CallAsync(redis => redis.ReplaceAsync(KeyOf("seed"), replaced, address), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public string PlaceOf(string folder, string name) => $"key {KeyOf(folder, name)} of Redis at {_address}";

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    private string KeyOf(string name) => _prefix + name;

    private string KeyOf(string folder, string name) => $"{_prefix}{folder}:{name}";

    private Ownership Owned() => new(KeyOf("epoch"), KeyOf("owner"), Interlocked.Read(ref _epoch), _owner);

    private CheckpointStorageException Fenced(long? epoch) => new(
        $"This coordinator, of epoch {Interlocked.Read(ref _epoch)}, does not lead the cluster any more: "
        + (epoch is null ? "another one has taken over." : $"another one has taken over with epoch {epoch}."));

    private Task<T> CallAsync<T>(Func<ICheckpointCommands, Task<T>> call, CancellationToken cancellationToken) =>
        _redis.CallAsync(call, $"The store of the cluster, Redis at {_address}, cannot be used", "--storage", cancellationToken);
}
