using QueryStream.Connectors.Kafka;
using QueryStream.TestKit.Logging;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>An implementation under the contract.</summary>
public interface ISubject
{
    /// <summary>The clients.</summary>
    IKafkaClients Clients { get; }

    /// <summary>What they log.</summary>
    LogCollector Logs { get; }

    /// <summary>Where the cluster is.</summary>
    string Address { get; }
}
