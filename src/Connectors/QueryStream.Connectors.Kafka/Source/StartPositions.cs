using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Streams.Connectors;

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

/// <summary>The offsets of a topic in a snapshot.</summary>
/// <param name="Offsets">By partition, the last offset read of the present topic.</param>
/// <param name="ReplacedId">The id of the topic in the snapshot if it was replaced by another one of the same name; else null.</param>
internal sealed record RestoredOffsets(IReadOnlyDictionary<int, long> Offsets, string? ReplacedId)
{
    /// <summary>Whether the snapshot has a topic of this name: then the start position is ignored.</summary>
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

    /// <summary>Whether the id in a snapshot equals that of a topic. An unknown id, as before Kafka 2.8, counts as equal.</summary>
    public static bool IsOf(string topicId, ReadOnlyMemory<byte> snapshotId) =>
        topicId.Length == 0 || snapshotId.IsEmpty || snapshotId.Span.SequenceEqual(Encoding.UTF8.GetBytes(topicId));
}
