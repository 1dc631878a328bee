using QueryStream.TestKit.Contracts;
using Xunit;

namespace QueryStream.Testing.Kafka;

/// <summary>A test that needs a Kafka broker; skipped with the reason if there is none.</summary>
public sealed class KafkaFactAttribute : FactAttribute
{
    /// <summary>Checks at discovery whether there is a broker.</summary>
    /// <param name="ownServer">Whether the test freezes or kills the broker, so that the one at KAFKA_BOOTSTRAP_SERVERS cannot be used.</param>
    public KafkaFactAttribute(bool ownServer = false) => Skip = KafkaServer.MissingReason(ownServer);
}

/// <summary>Contract tests that need a Kafka broker.</summary>
public sealed class NeedsKafkaAttribute : NeedsAttribute
{
    /// <inheritdoc/>
    public override string? MissingReason => KafkaServer.MissingReason(ownServer: false);
}
