namespace QueryStream.Connectors.Redis;

/// <summary>The Redis servers that a worker talks to: the service that sinks ask their context for. Safe on any thread.</summary>
public interface IRedisConnections
{
    /// <summary>The address for sinks of jobs that name none.</summary>
    RedisAddress Address => RedisAddress.Parse(RedisAddress.Default);

    /// <summary>
    /// Takes a share in the worker's one connection to an address. Opens nothing: the first flush connects. The connection is closed when the
    /// last share is disposed.
    /// </summary>
    IRedisConnection Share(RedisAddress address);
}

/// <summary>A share in a connection to Redis. Safe on any thread.</summary>
public interface IRedisConnection : IAsyncDisposable
{
    /// <summary>
    /// Executes a flush in one piece, or nothing of it where its fence refuses it. The flushes of one caller are sent in the order of the calls,
    /// once the first one was answered and as long as the connection lasts. Does not retry: after any reply but <see cref="RedisReply.Written"/>
    /// the flush may have been executed, may be executed later, or never.
    /// </summary>
    /// <param name="flush">What to write.</param>
    /// <param name="cancellationToken">Ends the wait; the flush may be executed all the same.</param>
    /// <returns>The outcome; failures of the server and of the network are replies, not exceptions.</returns>
    /// <exception cref="Core.Errors.SettingException">A certificate file that the address names cannot be read.</exception>
    Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken);
}
