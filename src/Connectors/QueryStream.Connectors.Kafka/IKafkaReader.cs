using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// The records of some partitions of a topic, for one thread. Each partition's records come in order and each once, whatever
/// happens to the connection: the client reconnects by itself and says so in the log. Where a position does not exist any more,
/// it goes on with the oldest record there is, and logs a warning. It reads the topic that was there when it was opened, never one of the
/// same name that is created later.
/// </summary>
public interface IKafkaReader : IAsyncDisposable
{
    /// <summary>
    /// Whether the topic may have been deleted and created again since the reader was opened. From then on a poll shows nothing: look the topic up,
    /// and open another reader. Set on any thread, followed by a wake.
    /// </summary>
    bool IsTopicReplaced { get; }

    /// <summary>Handles what is there, without waiting: records, and what else became known of the partitions.</summary>
    /// <param name="handler">Called in this call only; a struct, so that nothing stands between it and the records.</param>
    /// <returns>False if the handler stopped it, or more may be there: poll again. True if the reader is drained: it will wake.</returns>
    bool Poll<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct;
}

/// <summary>What a poll of an <see cref="IKafkaReader"/> shows.</summary>
public interface IKafkaRecordHandler
{
    /// <summary>The next record of its partition. Offsets may leave gaps (compaction, transactions).</summary>
    /// <returns>Whether the poll should go on; if not, this record counts as handled all the same.</returns>
    bool OnRecord(in SourceRecord record);

    /// <summary>
    /// All before <paramref name="offset"/> was handled, and when the broker answered there was nothing from there on. It may be beyond
    /// the last record's successor where the partition ends with what is no record (marks of transactions).
    /// </summary>
    void OnPartitionEof(int partition, long offset);

    /// <summary>
    /// The broker, asked at <paramref name="askedAt"/> of the clock, has answered that the partition ends at <paramref name="end"/>: its high
    /// watermark, which counts the records of open transactions too. Called again and again while the partition has brought no record for about a
    /// second, but not while the broker does not answer.
    /// </summary>
    void OnEndOffset(int partition, long end, EventTime askedAt);

    /// <summary>The client could not read the record at that offset (a damaged checksum, an unknown format) and went on behind it.</summary>
    void OnUnreadable(int partition, long offset, string problem);
}
