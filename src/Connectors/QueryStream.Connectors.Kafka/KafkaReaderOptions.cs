namespace QueryStream.Connectors.Kafka;

/// <summary>How a reader fetches.</summary>
/// <param name="QueuedBytes">How many bytes of records may wait in the client for this reader; one fetch may exceed it.</param>
/// <param name="Generation">
/// How often the topic has grown since its source was opened. Readers of one generation share a client; those of a later one get another, since a
/// client that is connected learns of new partitions minutes later.
/// </param>
public sealed record KafkaReaderOptions(int QueuedBytes = 16 * 1024 * 1024, int Generation = 0);
