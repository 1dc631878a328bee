using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Finds the offsets where a source begins and, if it is bounded, ends. All are fixed before the first record is read.</summary>
/// <param name="admin">The cluster.</param>
/// <param name="options">Where to begin.</param>
/// <param name="restored">What a snapshot holds.</param>
/// <param name="logger">Takes warnings about offsets that do not exist any more.</param>
internal sealed class StartPositions(IKafkaAdmin admin, KafkaSourceOptions options, RestoredOffsets restored, ILogger logger)
{
    /// <summary>The progress to start with, in the order of the partitions.</summary>
    public async Task<PartitionProgress[]> FindAsync(KafkaTopic topic, IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        // The order matters. Committed offsets come before the ends, so that no commit in between is beyond its partition's end; offsets of a time
        // come after them, so that no record written in between is missed.
        IReadOnlyList<long?>? committed = options.Start.Kind == KafkaStartKind.Group && !restored.HasAny
            ? await admin.CommittedAsync(topic.Name, partitions, cancellationToken).ConfigureAwait(false)
            : null;
        IReadOnlyList<KafkaWatermarks> bounds = await admin.WatermarksAsync(topic.Name, partitions, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<long?> wanted = options.Start.Kind switch
        {
            // A partition that the snapshot does not know is newer than it: nothing of it was read.
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

    // Retention may have removed the record at a committed offset; without topic ids, it may also be an offset of a deleted topic.
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

/// <summary>What a snapshot holds of a topic.</summary>
/// <param name="Offsets">By partition, the last offset that was read of the topic that there is now.</param>
/// <param name="ReplacedId">The id of the topic that the snapshot is of, where that is another one of the same name; null otherwise.</param>
internal sealed record RestoredOffsets(IReadOnlyDictionary<int, long> Offsets, string? ReplacedId)
{
    /// <summary>Whether there is a snapshot of a topic of this name: then the start setting does not count.</summary>
    public bool HasAny => Offsets.Count > 0 || ReplacedId is not null;

    /// <summary>Finds the topic's partitions among the splits of a snapshot.</summary>
    public static RestoredOffsets Of(KafkaTopic topic, SourceContext context)
    {
        Dictionary<int, long> offsets = [];
        string? replaced = null;
        foreach ((string split, long offset) in context.Restored)
        {
            if (split.StartsWith($"{topic.Name}-", StringComparison.Ordinal)
                && int.TryParse(split.AsSpan(topic.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int partition))
            {
                ReadOnlyMemory<byte> id = context.RestoredStates.GetValueOrDefault(split);
                if (IsOf(topic.Id, id))
                {
                    offsets.Add(partition, offset);
                }
                else
                {
                    replaced = Encoding.UTF8.GetString(id.Span);
                }
            }
        }

        return new RestoredOffsets(offsets, offsets.Count > 0 ? null : replaced);
    }

    /// <summary>Whether the id in a snapshot is that of a topic. An id that is not known, as before Kafka 2.8, counts as the same.</summary>
    public static bool IsOf(string topicId, ReadOnlyMemory<byte> snapshotId) =>
        topicId.Length == 0 || snapshotId.IsEmpty || snapshotId.Span.SequenceEqual(Encoding.UTF8.GetBytes(topicId));
}
