namespace QueryStream.Contracts.Kafka.Tests;

public sealed class InMemorySourceTests() : SourceContract(new InMemorySubject());
