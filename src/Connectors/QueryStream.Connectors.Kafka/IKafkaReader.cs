using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Reads some partitions of a topic. Used by one thread. Each partition delivers its records in order and exactly once: after a connection failure
/// the client reconnects and logs it. If a start offset no longer exists, reading starts at the oldest record, and a warning is logged. The reader
/// reads the topic that existed when it was opened, never a later one of the same name.
/// </summary>
public interface IKafkaReader : IAsyncDisposable
{
    /// <summary>
    /// Whether the topic may have been deleted and recreated since the reader was opened. From then on a poll delivers nothing: look up the topic
    /// and open a new reader. Set on any thread, followed by a wake.
    /// </summary>
    bool IsTopicReplaced { get; }

    /// <summary>Passes the available records and partition events to the handler. Does not wait.</summary>
    /// <param name="handler">Called only during this call. A struct, so that the JIT can inline its methods.</param>
    /// <returns>
    /// False if the handler stopped the poll or more may be available: poll again. True if the reader is drained: it will wake the task.
    /// </returns>
    bool Poll<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct;

    /// <summary>
    /// The high watermark of a partition as the broker has last told it, which may be a while ago: asks nobody. For metrics. Called on the reader's
    /// thread.
    /// </summary>
    /// <returns>The offset behind the last record; null: not known yet, or the reader does not read the partition.</returns>
    long? KnownEnd(int partition);
}

/// <summary>Receives what a poll of an <see cref="IKafkaReader"/> delivers.</summary>
public interface IKafkaRecordHandler
{
    /// <summary>The next record of its partition. Offsets may have gaps (compaction, transaction markers).</summary>
    /// <returns>Whether to continue the poll. The record counts as handled either way.</returns>
    bool OnRecord(in SourceRecord record);

    /// <summary>
    /// All records before <paramref name="offset"/> were handled, and the broker had none from there on when it answered. The offset may be beyond
    /// the last record's successor if the partition ends with transaction markers.
    /// </summary>
    void OnPartitionEof(int partition, long offset);

    /// <summary>
    /// The broker has reported the high watermark of the partition, which also counts records of open transactions. Called repeatedly while the
    /// partition has delivered no record for about a second, but not while the broker is unreachable.
    /// </summary>
    void OnEndOffset(int partition, long end, EventTime askedAt);

    /// <summary>The client could not read the record at that offset (a damaged checksum, an unknown format) and went on behind it.</summary>
    void OnUnreadable(int partition, long offset, string problem);
}
