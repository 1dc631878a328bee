using QueryStream.TestKit.Contracts;

namespace QueryStream.Testing.Kafka;

/// <summary>Contract tests of something that lives in Kafka.</summary>
public sealed class NeedsKafkaAttribute : NeedsAttribute
{
    /// <inheritdoc/>
    public override string? MissingReason => KafkaServer.MissingReason(ownServer: false);
}
