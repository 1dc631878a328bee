using QueryStream.Connectors.Kafka;
using QueryStream.Testing.Kafka;
using QueryStream.TestKit.Logging;

namespace QueryStream.Contracts.Kafka.Tests;

internal sealed class RealSubject : ISubject
{
    public RealSubject(KafkaServer server)
    {
        Address = server.Address;
        Clients = new LibrdkafkaClients(TimeProvider.System, Logs);
    }

    public IKafkaClients Clients { get; }

    public LogCollector Logs { get; } = new();

    public string Address { get; }
}
