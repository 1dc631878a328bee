using QueryStream.Testing;

namespace QueryStream.QueryAnalytics.Tests;

/// <summary>A Kafka broker and a Redis server of their own for the tests of a class.</summary>
public sealed class Servers() : KafkaAndRedis(ownServer: true);

/// <summary>A test that needs its own servers; skipped with the reason if they cannot be started.</summary>
public sealed class ServersFactAttribute : FactAttribute
{
    public ServersFactAttribute() => Skip = KafkaAndRedis.MissingReason(ownServer: true);
}

/// <summary>A test with data that needs its own servers; skipped with the reason if they cannot be started.</summary>
public sealed class ServersTheoryAttribute : TheoryAttribute
{
    public ServersTheoryAttribute() => Skip = KafkaAndRedis.MissingReason(ownServer: true);
}
