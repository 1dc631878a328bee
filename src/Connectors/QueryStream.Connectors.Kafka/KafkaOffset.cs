namespace QueryStream.Connectors.Kafka;

/// <summary>A position in a topic.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the next record.</param>
public readonly record struct KafkaOffset(int Partition, long Offset);
