namespace QueryStream.Connectors.Redis;

/// <summary>
/// The Redis servers that a worker talks to: the service that sinks ask their context for. Safe on any thread.
/// </summary>
public interface IRedisConnections
{
    /// <summary>
    /// Takes a share in the worker's one connection to a server. Opens nothing: the connection is made by the first flush, and
    /// made anew by the next flush after it was lost. It is closed when the last share is disposed.
    /// </summary>
    IRedisConnection Share(RedisAddress address);
}
