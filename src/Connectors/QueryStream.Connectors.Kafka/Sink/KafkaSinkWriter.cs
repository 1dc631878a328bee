using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>Writes the rows of one subtask. A refused record fails the task: a sink that dropped it would lose it.</summary>
internal sealed class KafkaSinkWriter<T>(KafkaSinkOptions options, KafkaSerializer<T> serializer, SinkContext context)
    : ISinkWriter<T>, IKafkaProducerListener
{
    private readonly KafkaRecordBuilder _record = new();
    private IKafkaProducer? _producer;

    public bool IsFull => _producer!.IsFull;

    public bool IsFlushed => _producer!.Unacknowledged == 0;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        IKafkaClients clients = context.Service<IKafkaClients>();
        IKafkaAdmin admin = clients.OpenAdmin(options.Connection);
        await using (admin.ConfigureAwait(false))
        {
            await Opening.InTimeAsync(
                options.BootstrapServers,
                context.Time,
                stop => admin.RequireTopicAsync(options.BootstrapServers, options.Topic, stop),
                cancellationToken).ConfigureAwait(false);
            _producer = clients.OpenProducer(options.Connection, options.Topic, this);
        }
    }

    public void Write(Batch<T> batch)
    {
        IKafkaProducer producer = _producer!;
        foreach (ref readonly T row in batch.Rows)
        {
            _record.Reset();
            serializer(row, _record);
            producer.Add(_record.WrittenKey, _record.WrittenValue, !_record.IsTombstone, _record.Partition ?? IKafkaProducer.AnyPartition, _record.Timestamp);
        }

        producer.Send();
    }

    // Every batch has been sent; librdkafka waits a few milliseconds for more at most.
    public void Flush()
    {
    }

    void IKafkaProducerListener.OnAcknowledged(long records)
    {
        context.Acknowledged(records);

        // Not only when it was waited for: to find that out would take a fence a turn, and reports come hundreds at a time.
        context.Wake();
    }

    void IKafkaProducerListener.OnRefused(ServiceRefusedException reason) => context.Fail(reason);

    public ValueTask DisposeAsync() => _producer is null ? ValueTask.CompletedTask : _producer.DisposeAsync();
}
