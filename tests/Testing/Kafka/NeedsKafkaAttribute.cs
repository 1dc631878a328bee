using QueryStream.TestKit.Contracts;

namespace QueryStream.Testing.Kafka;

/// <summary>Contract tests that need a Kafka broker.</summary>
public sealed class NeedsKafkaAttribute : NeedsAttribute
{
    /// <inheritdoc/>
    public override string? MissingReason => KafkaServer.MissingReason(ownServer: false);
}
