using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.TestKit;

namespace QueryStream.Contracts.Redis.Tests;

public sealed class InMemoryRedisContractTests : RedisContract
{
    internal override Task<Subject> CreateAsync() => Task.FromResult<Subject>(new InMemorySubject());
}

internal sealed class InMemorySubject : Subject
{
    private readonly ManualTime _time = new();
    private readonly InMemoryRedis _redis;
    private RedisSubscription? _subscription;

    public InMemorySubject() => _redis = new InMemoryRedis(_time);

    public override IRedisConnections Connections => _redis;

    public override RedisAddress Address => RedisAddress.Parse("nowhere:1");

    public override Task<string?> GetAsync(string key) => Task.FromResult(_redis.Find(Text.From(key))?.Value.ToString());

    public override Task<long> TtlAsync(string key) =>
        Task.FromResult((long)(_redis.Find(Text.From(key))!.ExpiresAt - _time.GetUtcNow()).TotalSeconds);

    public override Task SubscribeAsync(string channel)
    {
        _subscription = _redis.Subscribe(channel);
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<string>> MessagesAsync(int count)
    {
        List<string> messages = [];
        while (_subscription!.Messages.TryRead(out Text message))
        {
            messages.Add(message.ToString());
        }

        return Task.FromResult<IReadOnlyList<string>>(messages);
    }

    public override ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        return ValueTask.CompletedTask;
    }
}
