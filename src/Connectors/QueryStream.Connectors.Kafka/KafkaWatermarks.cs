namespace QueryStream.Connectors.Kafka;

/// <summary>What a partition holds. Where <paramref name="Low"/> equals <paramref name="High"/>, nothing.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Low">The offset of its oldest record.</param>
/// <param name="High">The offset that the next record will get; with open transactions, the first record that is not yet decided.</param>
public readonly record struct KafkaWatermarks(int Partition, long Low, long High);
