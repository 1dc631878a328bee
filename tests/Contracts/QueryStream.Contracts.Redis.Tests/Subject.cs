using QueryStream.Connectors.Redis;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>An implementation under the contract, with what a test needs to look into it.</summary>
internal abstract class Subject : IAsyncDisposable
{
    public abstract IRedisConnections Connections { get; }

    public abstract RedisAddress Address { get; }

    public abstract Task<string?> GetAsync(string key);

    /// <summary>Seconds that a key lives yet.</summary>
    public abstract Task<long> TtlAsync(string key);

    public abstract Task SubscribeAsync(string channel);

    /// <summary>The messages since the subscription, once there are that many.</summary>
    public abstract Task<IReadOnlyList<string>> MessagesAsync(int count);

    public abstract ValueTask DisposeAsync();
}
