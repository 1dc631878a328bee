using QueryStream.Connectors.Kafka;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Reads a generated topic, and reaches its announced end when the time is over.</summary>
/// <param name="owner">Knows when that is.</param>
/// <param name="reader">Reads.</param>
/// <param name="partitions">What is read.</param>
internal sealed class GeneratedKafkaReader(GeneratedKafka owner, IKafkaReader reader, int[] partitions) : IKafkaReader
{
    /// <inheritdoc/>
    public bool IsTopicReplaced => reader.IsTopicReplaced;

    /// <inheritdoc/>
    public bool Poll<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        // Asked before the poll: what was appended before the end is then seen by it.
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
    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
