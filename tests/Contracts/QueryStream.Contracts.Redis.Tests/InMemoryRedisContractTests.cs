namespace QueryStream.Contracts.Redis.Tests;

public sealed class InMemoryRedisContractTests : RedisContract
{
    internal override Task<Subject> CreateAsync() => Task.FromResult<Subject>(new InMemorySubject());
}
