using Xunit;

namespace QueryStream.Testing.Kafka;

/// <summary>A test that needs a Kafka broker; skipped, with the reason, where there is none to be had.</summary>
public sealed class KafkaFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery.</summary>
    /// <param name="ownServer">Whether the test freezes or kills the broker, so that one at KAFKA_BOOTSTRAP_SERVERS will not do.</param>
    public KafkaFactAttribute(bool ownServer = false) => Skip = KafkaServer.MissingReason(ownServer);
}
