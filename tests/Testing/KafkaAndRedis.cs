using QueryStream.Testing.Kafka;
using QueryStream.Testing.Redis;
using Xunit;

namespace QueryStream.Testing;

/// <summary>A Kafka broker and a Redis server for the tests of a class. They are missing if those tests are skipped.</summary>
/// <param name="ownServer">Whether the tests stop or freeze them, so that shared servers cannot be used.</param>
public abstract class KafkaAndRedis(bool ownServer) : IAsyncLifetime
{
    /// <summary>The broker.</summary>
    public KafkaServer Kafka { get; private set; } = null!;

    /// <summary>The Redis server.</summary>
    public RedisServer Redis { get; private set; } = null!;

    /// <summary>Why the servers cannot be started; null if they can.</summary>
    public static string? MissingReason(bool ownServer) => KafkaServer.MissingReason(ownServer) ?? RedisServer.MissingReason(ownServer);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // xunit also creates the fixture if all tests of the class are skipped.
        if (MissingReason(ownServer) is null)
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
