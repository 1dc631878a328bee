using QueryStream.TestKit.Contracts;
using Xunit;

namespace QueryStream.Testing.Redis;

/// <summary>A test that needs a Redis server; skipped with the reason if there is none.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    /// <summary>Checks at discovery whether there is a server.</summary>
    /// <param name="ownServer">Whether the test freezes, kills or configures the server, so that the one at REDIS_ADDRESS cannot be used.</param>
    public RedisFactAttribute(bool ownServer = false) => Skip = RedisServer.MissingReason(ownServer);
}

/// <summary>Contract tests that need a Redis server.</summary>
public sealed class NeedsRedisAttribute : NeedsAttribute
{
    /// <inheritdoc/>
    public override string? MissingReason => RedisServer.MissingReason(ownServer: false);
}
