namespace QueryStream.Connectors.Kafka;

/// <summary>How a reader fetches.</summary>
/// <param name="QueuedBytes">How many bytes of records may wait in the client for this reader; one fetch may exceed it.</param>
public sealed record KafkaReaderOptions(int QueuedBytes = 16 * 1024 * 1024);
