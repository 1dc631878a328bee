using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>Learns what became of records. Called on any thread, one call at a time for one producer; must not block.</summary>
public interface IKafkaProducerListener
{
    /// <summary>The cluster has that many more records.</summary>
    void OnAcknowledged(long records);

    /// <summary>The cluster refuses a record (too large, no permission), and would again; the others go on.</summary>
    void OnRefused(ServiceRefusedException reason);
}
