using System.Runtime.CompilerServices;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>A topic as a sink.</summary>
internal sealed class KafkaSink<T>(KafkaSinkOptions options, Func<KafkaEncoder<T>> encoder) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new KafkaSinkWriter<T>(options, encoder(), context);
}

/// <summary>Writes the rows of one subtask. A refused record fails the task, since dropping it would lose data.</summary>
internal sealed class KafkaSinkWriter<T>(KafkaSinkOptions options, KafkaEncoder<T> encoder, SinkContext context)
    : ISinkWriter<T>, IKafkaProducerListener
{
    private const int ShownBytes = 64;

    private KafkaRecordBuilder _record = new();
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
            KafkaTopic topic = await OpenTimeout.RunAsync(
                resolved.Address,
                context.Time,
                stop => admin.RequireTopicAsync(resolved.Address, options.Topic, stop),
                cancellationToken).ConfigureAwait(false);
            _record = new KafkaRecordBuilder { PartitionCount = topic.Partitions.Count };
            _producer = clients.OpenProducer(resolved.Connection, options.Topic, this);
        }
    }

    public void Write(Batch<T> batch)
    {
        IKafkaProducer producer = _producer!;
        KafkaRecordBuilder record = _record;
        ReadOnlySpan<T> rows = batch.Rows;
        int skipped = 0;
        for (context.Row = 0; context.Row < rows.Length; context.Row++)
        {
            record.Reset();
            if (!encoder.TryEncode(rows[context.Row], record))
            {
                skipped++;
                continue;
            }

            if (record.Partition is { } partition && (uint)partition >= (uint)record.PartitionCount)
            {
                ThrowPartition(partition);
            }

            producer.Add(record);
        }

        producer.Send();
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowPartition(int partition) =>
        throw new PartitionException(
            $"Topic '{options.Topic}': the record {Describe(_record)} has partition {partition}; "
            + $"allowed are 0 to {_record.PartitionCount - 1}.");

    // Identifies a record by its key, or by the beginning of its value if it has none.
    private static string Describe(KafkaRecordBuilder record)
    {
        bool hasKey = !record.WrittenKey.IsEmpty;
        ReadOnlySpan<byte> bytes = hasKey ? record.WrittenKey : record.WrittenValue;
        string more = bytes.Length > ShownBytes ? "…" : "";
        return $"with the {(hasKey ? "key" : "value")} '{Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownBytes)])}{more}'";
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
