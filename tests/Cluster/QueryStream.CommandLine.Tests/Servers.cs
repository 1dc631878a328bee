using QueryStream.Testing;

namespace QueryStream.CommandLine.Tests;

/// <summary>A Kafka broker and a Redis server for the tests of a class.</summary>
public sealed class Servers() : KafkaAndRedis(ownServer: false)
{
    /// <summary>The options of commands that set both addresses.</summary>
    public string Options => $"--kafka {Kafka.Address} --redis {Redis.Address}";

    /// <summary>Creates a unique topic name.</summary>
    public static string NewTopic(string name) => $"{name}-{Guid.NewGuid():n}";
}

/// <summary>A test that needs a Kafka broker and a Redis server; skipped with the reason if they cannot be started.</summary>
internal sealed class ServerFactAttribute : FactAttribute
{
    public ServerFactAttribute() => Skip = KafkaAndRedis.MissingReason(ownServer: false);
}
