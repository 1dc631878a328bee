namespace QueryStream.Contracts.Kafka.Tests;

public sealed class InMemorySinkTests() : SinkContract(new InMemorySubject());
