using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Redis.Client;

namespace QueryStream.Connectors.Redis;

/// <summary>Connections to Redis servers through StackExchange.Redis, one per process and address.</summary>
/// <param name="options">The options.</param>
/// <param name="time">The clock of the outage log.</param>
/// <param name="loggers">Where outages are logged.</param>
public sealed class StackExchangeRedisConnections(RedisClientOptions options, TimeProvider time, ILoggerFactory loggers) : IRedisConnections
{
    // Guards the registry, which holds a client exactly as long as it has users.
    private readonly Lock _lock = new();
    private readonly Dictionary<RedisAddress, SharedClient> _clients = [];
    private readonly ILogger _log = loggers.CreateLogger<StackExchangeRedisConnections>();

    /// <summary>The number of open connections.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _clients.Count;
            }
        }
    }

    /// <inheritdoc/>
    public RedisAddress Address { get; } = RedisAddress.Parse(options.Address ?? RedisAddress.Default);

    /// <inheritdoc/>
    public IRedisConnection Acquire(RedisAddress address)
    {
        lock (_lock)
        {
            if (!_clients.TryGetValue(address, out SharedClient? shared))
            {
                shared = new SharedClient(new RedisClient(address, options, new OutageLog(_log, address, time)));
                _clients.Add(address, shared);
            }

            shared.Leases++;
            return new RedisLease(this, address, shared);
        }
    }

    private ValueTask ReleaseAsync(RedisAddress address, SharedClient shared)
    {
        lock (_lock)
        {
            if (--shared.Leases > 0)
            {
                return ValueTask.CompletedTask;
            }

            _clients.Remove(address);
        }

        return shared.Client.DisposeAsync();
    }

    private sealed class SharedClient(RedisClient client)
    {
        public RedisClient Client { get; } = client;

        /// <summary>Guarded by the registry's lock.</summary>
        public int Leases { get; set; }
    }

    private sealed class RedisLease(StackExchangeRedisConnections owner, RedisAddress address, SharedClient shared) : IRedisConnection
    {
        // 1 once disposed, so that a lease is released only once.
        private int _disposed;

        public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);
            return shared.Client.FlushAsync(flush, cancellationToken);
        }

        public ValueTask DisposeAsync() =>
            Interlocked.Exchange(ref _disposed, 1) == 0 ? owner.ReleaseAsync(address, shared) : ValueTask.CompletedTask;
    }
}
