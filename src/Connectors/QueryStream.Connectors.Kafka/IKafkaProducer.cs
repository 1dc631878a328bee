using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Writes records to one topic, for one thread. What was sent is repeated until the cluster has it, however long that takes, in
/// order per partition and (idempotence) once. Equal keys go to equal partitions, the same that Java's client chooses.
/// </summary>
public interface IKafkaProducer : IAsyncDisposable
{
    /// <summary>
    /// Whether so much is unacknowledged that no more should be added. Not enforced, so that a batch can be written out.
    /// When it turns false the listener is told of the acknowledgement that did it.
    /// </summary>
    bool IsFull { get; }

    /// <summary>Records added and neither acknowledged nor refused. May be read on any thread.</summary>
    long Unacknowledged { get; }

    /// <summary>Copies a record into the current packet, which is sent when it is full.</summary>
    /// <param name="key">The key; empty: any partition.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasValue">False writes a null value (a tombstone).</param>
    /// <param name="partition">The partition; <see cref="AnyPartition"/>: by the key.</param>
    /// <param name="timestamp">The record's time; null: the clock. A record with a time of its own is a packet of its own, which is slower.</param>
    void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue = true, int partition = AnyPartition, EventTime? timestamp = null);

    /// <summary>Copies a record with all that the builder has of it. One with headers is a packet of its own, which is slower.</summary>
    void Add(KafkaRecordBuilder record);

    /// <summary>Sends what was added. Does not wait for it.</summary>
    void Send();

    /// <summary>Sends what was added and waits until nothing is unacknowledged.</summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Leaves the partition to the key.</summary>
    const int AnyPartition = -1;
}

/// <summary>Learns what became of records. Called on any thread, one call at a time for one producer; must not block.</summary>
public interface IKafkaProducerListener
{
    /// <summary>The cluster has that many more records.</summary>
    void OnAcknowledged(long records);

    /// <summary>The cluster refuses a record (too large, no permission), and would again; the others go on.</summary>
    void OnRefused(ServiceRefusedException reason);
}
