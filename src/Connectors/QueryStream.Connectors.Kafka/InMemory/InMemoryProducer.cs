using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>Writes to a topic in memory. Records are stored when they are added, and acknowledged when they are sent.</summary>
internal class InMemoryProducer(Topic topic, IKafkaProducerListener listener, TimeProvider time) : IKafkaProducer
{
    private const int KeylessRun = 256;

    private int _pending;
    private int _keyless;

    public bool IsFull
    {
        get
        {
            if (!topic.IsFull)
            {
                return false;
            }

            // Checked again: if space became free before the callback was registered, it is not called.
            topic.WhenRoom(OnRoom);
            return topic.IsFull;
        }
    }

    public long Unacknowledged => 0;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, int partition, EventTime? timestamp) =>
        Append(partition, new NewRecord(key, value, hasValue, TimeOf(timestamp)));

    public void Add(KafkaRecordBuilder record) => Append(
        record.Partition ?? IKafkaProducer.AnyPartition,
        new NewRecord(record.WrittenKey, record.WrittenValue, !record.IsTombstone, TimeOf(record.Timestamp)) { Headers = record.WrittenHeaders });

    public void Send()
    {
        if (_pending > 0)
        {
            int sent = _pending;
            _pending = 0;
            listener.OnAcknowledged(sent);
        }
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Send();
        return Task.CompletedTask;
    }

    public virtual ValueTask DisposeAsync()
    {
        Send();
        return ValueTask.CompletedTask;
    }

    /// <summary>Stores a record.</summary>
    /// <returns>Whether it will be acknowledged.</returns>
    protected virtual bool Store(PartitionLog log, in NewRecord record)
    {
        log.Append(record);
        return true;
    }

    private void Append(int partition, in NewRecord record)
    {
        if (topic.IsDeleted)
        {
            OnRefused(new ServiceRefusedException("Kafka", $"Topic '{topic.Name}' was deleted."));
            return;
        }

        int chosen = partition == IKafkaProducer.AnyPartition ? Choose(record.Key) : partition;
        PartitionLog[] partitions = topic.Partitions;
        if ((uint)chosen >= (uint)partitions.Length)
        {
            OnRefused(new ServiceRefusedException("Kafka", $"Topic '{topic.Name}' has no partition {chosen}; it has {partitions.Length}."));
            return;
        }

        _pending += Store(partitions[chosen], record) ? 1 : 0;
    }

    protected virtual void OnRefused(ServiceRefusedException reason) => listener.OnRefused(reason);

    private long TimeOf(EventTime? timestamp) => (timestamp ?? EventTime.From(time.GetUtcNow())).Milliseconds;

    private void OnRoom() => listener.OnAcknowledged(0);

    // Records without a key stick to one partition for a while, as with Kafka's clients, so that batches stay large.
    private int Choose(ReadOnlySpan<byte> key) =>
        key.IsEmpty ? _keyless++ / KeylessRun % topic.Partitions.Length : Murmur2.Partition(key, topic.Partitions.Length);
}
