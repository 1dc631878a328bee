using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Determines the start offsets of a source and, if it is bounded, its end offsets, before the first record is read.</summary>
/// <param name="admin">The cluster.</param>
/// <param name="options">The start position.</param>
/// <param name="restored">The offsets of a snapshot.</param>
/// <param name="logger">Logs offsets that no longer exist.</param>
internal sealed class StartPositions(IKafkaAdmin admin, KafkaSourceOptions options, RestoredOffsets restored, ILogger logger)
{
    /// <summary>The initial progress of each partition, in the given order.</summary>
    public async Task<PartitionProgress[]> FindAsync(KafkaTopic topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        // The order of requests matters. Committed offsets come before the ends, so that no commit in between is beyond its partition's end. Offsets
        // by timestamp come after the ends, so that no record written in between is missed.
        IReadOnlyList<long?>? committed = options.Start.Kind == KafkaStartKind.Group && !restored.HasAny
            ? await admin.CommittedAsync(topic.Name, partitions, cancellationToken).ConfigureAwait(false)
            : null;
        IReadOnlyList<KafkaWatermarks> bounds = await admin.WatermarksAsync(topic.Name, partitions, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<long?> wanted = options.Start.Kind switch
        {
            // A partition that is not in the snapshot is newer, so it is read from its beginning.
            _ when restored.HasAny => [.. bounds.Select(b => restored.Offsets.TryGetValue(b.Partition, out long offset) ? offset + 1 : b.Low)],
            KafkaStartKind.Latest => [.. bounds.Select(b => (long?)b.High)],
            KafkaStartKind.Group => committed!,
            KafkaStartKind.Timestamp => await FindTimesAsync(partitions, bounds, cancellationToken).ConfigureAwait(false),
            _ => [.. bounds.Select(b => (long?)b.Low)],
        };
        return
        [
            .. bounds.Select((b, i) =>
                new PartitionProgress(topic.Id, b.Partition, Existing(b, wanted[i]), options.IsBounded ? b.High : long.MaxValue)),
        ];
    }

    private async Task<IReadOnlyList<long?>> FindTimesAsync(
        IReadOnlyList<int> partitions, IReadOnlyList<KafkaWatermarks> bounds, CancellationToken cancellationToken)
    {
        IReadOnlyList<long?> found =
            await admin.OffsetsForTimeAsync(options.Topic, partitions, options.Start.Time, cancellationToken).ConfigureAwait(false);
        return [.. bounds.Select((b, i) => found[i] ?? b.High)];
    }

    // Retention may have deleted the record at a committed offset. Without topic ids, the offset may also belong to a deleted topic.
    private long Existing(KafkaWatermarks bounds, long? wanted)
    {
        long offset = wanted ?? bounds.Low;
        bool exists = offset >= bounds.Low && (offset <= bounds.High || (options.Start.Kind == KafkaStartKind.Timestamp && !restored.HasAny));
        if (!exists)
        {
            logger.OffsetOutOfRange(options.Topic, bounds.Partition, offset, bounds.Low, bounds.High);
        }

        return exists ? offset : bounds.Low;
    }
}
