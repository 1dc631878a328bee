using QueryStream.Testing.Kafka;
using QueryStream.Testing.Redis;

namespace QueryStream.CommandLine.Tests;

/// <summary>A Kafka and a Redis that the tests of a class share.</summary>
public sealed class Servers : IAsyncLifetime
{
    /// <summary>Kafka; only where it is to be had.</summary>
    public KafkaServer Kafka { get; private set; } = null!;

    /// <summary>Redis; only where it is to be had.</summary>
    public RedisServer Redis { get; private set; } = null!;

    /// <summary>The options that name both.</summary>
    public string Options => $"--kafka {Kafka.Address} --redis {Redis.Address}";

    /// <summary>A topic of one test.</summary>
    public static string NewTopic(string name) => $"{name}-{Guid.NewGuid():n}";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (KafkaServer.MissingReason(ownServer: false) is null && RedisServer.MissingReason(ownServer: false) is null)
        {
            Kafka = await KafkaServer.StartAsync();
            Redis = await RedisServer.StartAsync();
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Kafka is not null)
        {
            await Kafka.DisposeAsync();
            await Redis.DisposeAsync();
        }
    }
}
