using QueryStream.Connectors.Kafka;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Kafka;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>An implementation under test.</summary>
public interface ISubject
{
    IKafkaClients Clients { get; }

    /// <summary>The log of the clients.</summary>
    LogCollector Logs { get; }

    /// <summary>The bootstrap servers of the cluster.</summary>
    string Address { get; }
}

internal sealed class InMemorySubject : ISubject
{
    public InMemorySubject() => Clients = new InMemoryKafka(TimeProvider.System, Logs);

    public IKafkaClients Clients { get; }

    public LogCollector Logs { get; } = new();

    public string Address => "memory:1";
}

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
