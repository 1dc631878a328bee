using QueryStream.TestKit.Contracts;

namespace QueryStream.Testing.Redis;

/// <summary>Contract tests of something that lives in Redis.</summary>
public sealed class NeedsRedisAttribute : NeedsAttribute
{
    /// <inheritdoc/>
    public override string? MissingReason => RedisServer.MissingReason(ownServer: false);
}
