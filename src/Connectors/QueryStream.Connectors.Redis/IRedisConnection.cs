namespace QueryStream.Connectors.Redis;

/// <summary>A share in a connection to one Redis server. Safe on any thread.</summary>
public interface IRedisConnection : IAsyncDisposable
{
    /// <summary>
    /// Executes a flush in one piece, or not at all where its fence refuses it. Flushes of one caller go out in the order of the
    /// calls as long as the connection lasts. Does not retry: after any reply but <see cref="RedisReply.Written"/> the flush
    /// may have been executed, may be executed later, or never.
    /// </summary>
    /// <param name="flush">What to write.</param>
    /// <param name="cancellationToken">Ends the wait; the flush may be executed all the same.</param>
    /// <returns>What became of it; failures of the server or the network are replies, not exceptions.</returns>
    Task<RedisReply> FlushAsync(RedisFlush flush, CancellationToken cancellationToken);
}
