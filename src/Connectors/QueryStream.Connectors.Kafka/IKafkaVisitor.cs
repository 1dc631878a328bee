using QueryStream.Core.Time;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>What a poll of an <see cref="IKafkaReader"/> shows.</summary>
public interface IKafkaVisitor
{
    /// <summary>The next record of its partition. Offsets may leave gaps (compaction, transactions).</summary>
    /// <returns>Whether the poll should go on; if not, this record counts as visited all the same.</returns>
    bool OnRecord(in SourceRecord record);

    /// <summary>
    /// All before <paramref name="offset"/> was visited, and when the broker answered there was nothing from there on. It may be beyond
    /// the last record's successor where the partition ends with what is no record (marks of transactions).
    /// </summary>
    void OnEnd(int partition, long offset);

    /// <summary>
    /// Asked at <paramref name="askedAt"/> of the clock, the broker has just said that the partition ends at <paramref name="end"/>.
    /// Comes again and again while a partition has been silent for about a second, over a way of its own that waiting fetches do not
    /// delay; it does not come while the broker does not answer.
    /// </summary>
    void OnSilence(int partition, long end, EventTime askedAt);

    /// <summary>The client could not read the record at that offset (a damaged checksum, an unknown format) and went on behind it.</summary>
    void OnUnreadable(int partition, long offset, string problem);
}
