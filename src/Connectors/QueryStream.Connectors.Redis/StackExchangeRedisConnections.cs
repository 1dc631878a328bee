using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Redis.Client;

namespace QueryStream.Connectors.Redis;

/// <summary>Real Redis servers, through StackExchange.Redis: one connection a process and address.</summary>
/// <param name="options">How to connect.</param>
/// <param name="time">The clock that outages are timed by.</param>
/// <param name="loggers">Where outages are logged.</param>
public sealed class StackExchangeRedisConnections(RedisClientOptions options, TimeProvider time, ILoggerFactory loggers) : IRedisConnections
{
    // Guards the registry. Invariant: it holds a client exactly as long as somebody shares it.
    private readonly Lock _lock = new();
    private readonly Dictionary<RedisAddress, SharedClient> _clients = [];
    private readonly ILogger _log = loggers.CreateLogger<StackExchangeRedisConnections>();

    /// <summary>The number of connections that are shared at the moment.</summary>
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
    public IRedisConnection Share(RedisAddress address)
    {
        lock (_lock)
        {
            if (!_clients.TryGetValue(address, out SharedClient? shared))
            {
                shared = new SharedClient(new RedisClient(address, options, new OutageLog(_log, address, time)));
                _clients.Add(address, shared);
            }

            shared.Shares++;
            return new RedisShare(this, address, shared);
        }
    }

    private ValueTask EndShareAsync(RedisAddress address, SharedClient shared)
    {
        lock (_lock)
        {
            if (--shared.Shares > 0)
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
        public int Shares { get; set; }
    }

    private sealed class RedisShare(StackExchangeRedisConnections owner, RedisAddress address, SharedClient shared) : IRedisConnection
    {
        // 1 once disposed: each share is counted down once, however often it is disposed.
        private int _disposed;

        public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);
            return shared.Client.FlushAsync(flush, cancellationToken);
        }

        public ValueTask DisposeAsync() =>
            Interlocked.Exchange(ref _disposed, 1) == 0 ? owner.EndShareAsync(address, shared) : ValueTask.CompletedTask;
    }
}
