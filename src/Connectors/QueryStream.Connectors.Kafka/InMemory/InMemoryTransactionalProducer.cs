using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>Writes to a topic in memory in transactions.</summary>
internal sealed class InMemoryTransactionalProducer(
    TransactionalId id, Topic topic, KafkaTransactionOptions options, IKafkaProducerListener listener, TimeProvider time)
    : InMemoryProducer(topic, listener, time), IKafkaTransactionalProducer
{
    private readonly Topic _topic = topic;

    // The producer's epoch; 0 before it is initialized.
    private int _epoch;
    private bool _hasRefused;

    public Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (options.Timeout > InMemoryKafka.MaxTransactionTimeout)
        {
            throw new ServiceRefusedException("Kafka", $"Kafka refuses to start transactions of '{options.Id}': the timeout is too long.");
        }

        _epoch = id.Initialize(options.Timeout);
        return Task.CompletedTask;
    }

    public Task BeginAsync(CancellationToken cancellationToken)
    {
        id.Begin(_epoch);
        return Task.CompletedTask;
    }

    public Task CommitAsync(string group, KafkaOffset offset, CancellationToken cancellationToken)
    {
        if (_hasRefused)
        {
            throw new KafkaTransactionException(
                KafkaTransactionFailure.Abortable, $"The transaction of '{options.Id}' has failed: a record was refused.");
        }

        id.Commit(_epoch, group, _topic.Name, offset);
        Send();
        return Task.CompletedTask;
    }

    public Task AbortAsync(CancellationToken cancellationToken)
    {
        id.Abort(_epoch);
        _hasRefused = false;
        return Task.CompletedTask;
    }

    // As with a real cluster, a transaction that was open stays open until it times out or a new producer of the id is initialized.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override void OnRefused(ServiceRefusedException reason)
    {
        _hasRefused = true;
        base.OnRefused(reason);
    }

    protected override bool Store(PartitionLog log, in NewRecord record) => id.Append(_epoch, log, record);
}
