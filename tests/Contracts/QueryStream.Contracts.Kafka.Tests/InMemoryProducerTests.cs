namespace QueryStream.Contracts.Kafka.Tests;

public sealed class InMemoryProducerTests() : ProducerContract(new InMemorySubject());
