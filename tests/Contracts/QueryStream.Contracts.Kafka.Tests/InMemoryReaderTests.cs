namespace QueryStream.Contracts.Kafka.Tests;

public sealed class InMemoryReaderTests() : ReaderContract(new InMemorySubject());
