namespace QueryStream.Contracts.Kafka.Tests;

public sealed class InMemoryAdminTests() : AdminContract(new InMemorySubject());
