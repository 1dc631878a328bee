using QueryStream.Connectors.Kafka.Sink.Transactions;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>A topic as a sink.</summary>
/// <param name="name">The sink's name.</param>
/// <param name="options">Where and how to write.</param>
/// <param name="encoder">Creates the encoder of a subtask.</param>
internal sealed class KafkaSink<T>(string name, KafkaSinkOptions options, Func<KafkaEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => options.Delivery == DeliveryGuarantee.ExactlyOnce
        ? new ExactlyOnceWriter<T>(name, options, encoder(), context)
        : new KafkaSinkWriter<T>(options, encoder(), context);
}

/// <summary>
/// Writes the rows of one subtask at once: at least once. A refused record fails the task, since dropping it would lose data.
/// </summary>
internal sealed class KafkaSinkWriter<T>(KafkaSinkOptions options, KafkaEncoder<T> encoder, SinkContext context)
    : ISinkWriter<T>, IKafkaProducerListener
{
    private SinkRecord<T>? _record;
    private IKafkaProducer? _producer;

    public bool IsFull => _producer!.IsFull;

    public bool IsFlushed => _producer!.Unacknowledged == 0;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        IKafkaClients clients = context.Service<IKafkaClients>();
        KafkaSinkOptions resolved = options.ResolvedBy(clients);
        IKafkaAdmin admin = clients.OpenAdmin(resolved.Connection);
        await using (admin.ConfigureAwait(false))
        {
            KafkaTopic topic = await resolved.FindTopicAsync(admin, context.Time, cancellationToken).ConfigureAwait(false);
            _record = new SinkRecord<T>(options.Topic, encoder, topic.Partitions.Count);
            _producer = clients.OpenProducer(resolved.Connection, options.Topic, this);
        }
    }

    public void Write(Batch<T> batch)
    {
        IKafkaProducer producer = _producer!;
        SinkRecord<T> record = _record!;
        ReadOnlySpan<T> rows = batch.Rows;
        int skipped = 0;
        long bytes = 0;
        for (context.Row = 0; context.Row < rows.Length; context.Row++)
        {
            if (record.TryEncode(rows[context.Row]))
            {
                producer.Add(record.Record);
                bytes += record.Bytes;
            }
            else
            {
                skipped++;
            }
        }

        producer.Send();
        context.AddBytes(bytes);
        if (skipped > 0)
        {
            // UpdateBefore rows need no record.
            context.Acknowledged(skipped);
        }
    }

    // Write has sent every batch already; librdkafka lingers for a few milliseconds at most.
    public void Flush()
    {
    }

    void IKafkaProducerListener.OnAcknowledged(long records)
    {
        context.Acknowledged(records);

        // Unconditional: knowing whether the task waits would take a memory fence in each turn, and delivery reports come hundreds at a time.
        context.Wake();
    }

    void IKafkaProducerListener.OnRefused(ServiceRefusedException reason) => context.Fail(reason);

    public ValueTask DisposeAsync()
    {
        encoder.Dispose();
        return _producer is null ? ValueTask.CompletedTask : _producer.DisposeAsync();
    }
}
