namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>The librdkafka in use.</summary>
/// <param name="Path">The file, or the name that the system's loader found it by.</param>
/// <param name="Version">As it names itself.</param>
/// <param name="HasQueueBackoff">Whether fetch.queue.backoff.ms exists.</param>
internal sealed record LibraryFacts(string Path, string Version, bool HasQueueBackoff);
