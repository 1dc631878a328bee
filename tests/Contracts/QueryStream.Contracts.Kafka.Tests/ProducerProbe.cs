using System.Collections.Concurrent;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Errors;

namespace QueryStream.Contracts.Kafka.Tests;

/// <summary>Records what a producer reports.</summary>
public sealed class ProducerProbe : IKafkaProducerListener
{
    private long _acknowledged;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public ConcurrentQueue<ServiceRefusedException> Refusals { get; } = new();

    public void OnAcknowledged(long records) => Interlocked.Add(ref _acknowledged, records);

    public void OnRefused(ServiceRefusedException reason) => Refusals.Enqueue(reason);
}
