using QueryStream.Testing.Kafka;
using QueryStream.Testing.Redis;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>A Kafka and a Redis of their own, started once for the tests of a class.</summary>
public sealed class Servers : IAsyncLifetime
{
    /// <summary>The broker.</summary>
    public KafkaServer Kafka { get; private set; } = null!;

    /// <summary>The store.</summary>
    public RedisServer Redis { get; private set; } = null!;

    /// <summary>Why tests with these servers cannot run; null where they can.</summary>
    public static string? MissingReason => KafkaServer.MissingReason(ownServer: true) ?? RedisServer.MissingReason(ownServer: true);

    public async Task InitializeAsync()
    {
        // Discovery has skipped the tests where there is no server; the fixture is made all the same.
        if (MissingReason is null)
        {
            Kafka = await KafkaServer.StartAsync();
            Redis = await RedisServer.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (Kafka is not null)
        {
            await Kafka.DisposeAsync();
            await Redis.DisposeAsync();
        }
    }
}
