using QueryStream.Connectors.Kafka;
using QueryStream.TestKit.Logging;

namespace QueryStream.Contracts.Kafka.Tests;

internal sealed class InMemorySubject : ISubject
{
    public InMemorySubject() => Clients = new InMemoryKafka(TimeProvider.System, Logs);

    public IKafkaClients Clients { get; }

    public LogCollector Logs { get; } = new();

    public string Address => "memory:1";
}
