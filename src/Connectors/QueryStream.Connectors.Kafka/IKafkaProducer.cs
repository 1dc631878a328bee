using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Writes records to one topic. Used by one thread. Sent records are retried until the cluster has stored them, without a time limit, in order per
/// partition and exactly once (idempotent producer). Records with equal keys go to the same partition, the one that Java's client chooses.
/// </summary>
public interface IKafkaProducer : IAsyncDisposable
{
    /// <summary>
    /// Whether no more records should be added until some are acknowledged. Not enforced, so that a caller can finish its batch. The acknowledgement
    /// that turns it false is reported to the listener.
    /// </summary>
    bool IsFull { get; }

    /// <summary>The number of records that were added and are neither acknowledged nor failed. Readable on any thread.</summary>
    long Unacknowledged { get; }

    /// <summary>Copies a record into the current batch, which is sent when it is full.</summary>
    /// <param name="key">The key; empty: no key, so any partition.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasValue">False writes a null value (a tombstone).</param>
    /// <param name="partition">The partition; <see cref="AnyPartition"/>: chosen by the key.</param>
    /// <param name="timestamp">
    /// The record's timestamp; null: the current time. Records with an explicit timestamp are sent one by one, which is slower.
    /// </param>
    void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue = true, int partition = AnyPartition, EventTime? timestamp = null);

    /// <summary>Copies the record in the builder. Records with headers are sent one by one, which is slower.</summary>
    void Add(KafkaRecordBuilder record);

    /// <summary>Sends the records added so far. Does not wait for acknowledgements.</summary>
    void Send();

    /// <summary>Sends the records added so far and waits until all are acknowledged.</summary>
    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Lets the key decide the partition.</summary>
    const int AnyPartition = -1;
}

/// <summary>Receives the results of one producer. Called on any thread, one call at a time; must not block.</summary>
public interface IKafkaProducerListener
{
    /// <summary>The cluster has stored this many more records.</summary>
    void OnAcknowledged(long records);

    /// <summary>The cluster refuses a record for good (too large, no permission). Other records are not affected.</summary>
    void OnRefused(ServiceRefusedException reason);
}
