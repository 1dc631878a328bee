using QueryStream.Testing.Kafka;
using QueryStream.Testing.Redis;

namespace QueryStream.CommandLine.Tests;

/// <summary>A test that needs a Kafka broker and a Redis server; skipped, with the reason, where one is not to be had.</summary>
internal sealed class ServerFactAttribute : FactAttribute
{
    public ServerFactAttribute() => Skip = KafkaServer.MissingReason(ownServer: false) ?? RedisServer.MissingReason(ownServer: false);
}
