namespace QueryStream.Connectors.Redis;

/// <summary>Connections to Redis, a service of the worker that sinks use. Thread-safe.</summary>
public interface IRedisConnections
{
    /// <summary>The address for sinks of jobs that set none.</summary>
    RedisAddress Address => RedisAddress.Parse(RedisAddress.Default);

    /// <summary>
    /// Acquires the worker's connection to an address, which all callers share. Does not connect: the first flush does. The connection closes when
    /// its last user is disposed.
    /// </summary>
    IRedisConnection Acquire(RedisAddress address);
}

/// <summary>A shared connection to Redis. Thread-safe.</summary>
public interface IRedisConnection : IAsyncDisposable
{
    /// <summary>
    /// Executes a flush atomically, or nothing of it if its fence refuses it. The flushes of one caller are sent in the order of the calls, once
    /// the first one has a reply and as long as the connection lasts. Does not retry: after any reply other than
    /// <see cref="RedisReply.Written"/> the flush may have been executed, may be executed later, or never.
    /// </summary>
    /// <param name="flush">What to write.</param>
    /// <param name="cancellationToken">Cancels the wait; the flush may still be executed.</param>
    /// <returns>The outcome; failures of the server and of the network are replies, not exceptions.</returns>
    /// <exception cref="Core.Errors.SettingException">A certificate file that the address names cannot be read.</exception>
    Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken);
}
