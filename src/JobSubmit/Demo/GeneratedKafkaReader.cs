using QueryStream.Connectors.Kafka;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Reads a generated topic, and reaches its announced end when the generator has ended.</summary>
/// <param name="owner">Knows when that is.</param>
/// <param name="reader">The reader of the Kafka in memory.</param>
/// <param name="partitions">The partitions that it reads.</param>
internal sealed class GeneratedKafkaReader(GeneratedKafka owner, IKafkaReader reader, int[] partitions) : IKafkaReader
{
    /// <inheritdoc/>
    public bool IsTopicReplaced => reader.IsTopicReplaced;

    /// <inheritdoc/>
    public bool Poll<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        // Read before the poll, so that the poll sees everything that was appended before the end.
        bool hasEnded = owner.HasEnded;
        bool isDrained = reader.Poll(ref handler);
        if (hasEnded && isDrained)
        {
            foreach (int partition in partitions)
            {
                handler.OnPartitionEof(partition, GeneratedKafka.AnnouncedEnd);
            }
        }

        return isDrained;
    }

    /// <inheritdoc/>
    public long? KnownEnd(int partition) => reader.KnownEnd(partition);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
