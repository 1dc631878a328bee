using QueryStream.Testing.Redis;

namespace QueryStream.Contracts.Redis.Tests;

[NeedsRedis]
public sealed class StackExchangeRedisContractTests : RedisContract
{
    internal override Task<Subject> CreateAsync() => RealSubject.StartAsync();
}
