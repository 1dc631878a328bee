using QueryStream.TestKit.Contracts;
using Xunit;

namespace QueryStream.Testing.Redis;

/// <summary>A test that needs a Redis server; skipped, with the reason, where there is none.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery.</summary>
    /// <param name="ownServer">Whether the test freezes, kills or configures the server, so that one at REDIS_ADDRESS will not do.</param>
    public RedisFactAttribute(bool ownServer = false) => Skip = RedisServer.MissingReason(ownServer);
}

/// <summary>Contract tests of something that lives in Redis.</summary>
public sealed class NeedsRedisAttribute : NeedsAttribute
{
    /// <inheritdoc/>
    public override string? MissingReason => RedisServer.MissingReason(ownServer: false);
}
