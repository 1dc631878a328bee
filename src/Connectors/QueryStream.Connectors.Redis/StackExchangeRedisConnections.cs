using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Redis.Client;

namespace QueryStream.Connectors.Redis;

/// <summary>Real Redis servers, through StackExchange.Redis: one connection a process and address.</summary>
/// <param name="options">How to connect.</param>
/// <param name="time">The clock of time-outs.</param>
/// <param name="loggers">Where to log that a server is lost, and back.</param>
public sealed class StackExchangeRedisConnections(RedisClientOptions options, TimeProvider time, ILoggerFactory loggers) : IRedisConnections
{
    // Guards the registry. Invariant: it holds a connection exactly as long as there are shares in it.
    private readonly Lock _lock = new();
    private readonly Dictionary<RedisAddress, SharedRedisConnection> _connections = [];
    private readonly ILogger _log = loggers.CreateLogger<StackExchangeRedisConnections>();

    /// <summary>The number of connections that are shared at the moment.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <inheritdoc/>
    public IRedisConnection Share(RedisAddress address)
    {
        lock (_lock)
        {
            if (!_connections.TryGetValue(address, out SharedRedisConnection? connection))
            {
                connection = new SharedRedisConnection(new RedisServerLink(address, options, time, _log));
                _connections.Add(address, connection);
            }

            connection.Shares++;
            return new RedisShare(this, address, connection);
        }
    }

    private ValueTask EndShareAsync(RedisAddress address, SharedRedisConnection connection)
    {
        lock (_lock)
        {
            if (--connection.Shares > 0)
            {
                return ValueTask.CompletedTask;
            }

            _connections.Remove(address);
        }

        return connection.DisposeAsync();
    }

    private sealed class RedisShare(StackExchangeRedisConnections owner, RedisAddress address, SharedRedisConnection connection) : IRedisConnection
    {
        // 1 once disposed: each share is counted down once, however often it is disposed.
        private int _disposed;

        public Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);
            return connection.FlushAsync(flush, cancellationToken);
        }

        public ValueTask DisposeAsync() =>
            Interlocked.Exchange(ref _disposed, 1) == 0 ? owner.EndShareAsync(address, connection) : ValueTask.CompletedTask;
    }
}
