using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>Finds the offsets where a source begins and, if it is bounded, ends. All are fixed before the first record is read.</summary>
/// <param name="admin">Asked for offsets.</param>
/// <param name="options">Where to begin.</param>
/// <param name="restored">By partition, the last offset that a snapshot holds; empty where there is no snapshot.</param>
/// <param name="logger">Told of offsets that are gone.</param>
internal sealed class StartPositions(IKafkaAdmin admin, KafkaSourceOptions options, IReadOnlyDictionary<int, long> restored, ILogger logger)
{
    /// <summary>The progress to start with, in the order of the partitions.</summary>
    public async Task<PartitionProgress[]> FindAsync(IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        // What the group has committed is asked for before the ends, and times after them: so no commit that comes in between looks as if
        // it were beyond the end, and where no record of that time is found, nothing is missed that is written in between.
        IReadOnlyList<long?>? committed = options.Start.Kind == KafkaStartKind.Group && restored.Count == 0
            ? await admin.CommittedAsync(options.Topic, partitions, cancellationToken).ConfigureAwait(false)
            : null;
        IReadOnlyList<KafkaWatermarks> watermarks = await admin.WatermarksAsync(options.Topic, partitions, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<long?> wanted = options.Start.Kind switch
        {
            // A partition that the snapshot does not know is newer than it: nothing of it was read.
            _ when restored.Count > 0 => [.. watermarks.Select(w => restored.TryGetValue(w.Partition, out long offset) ? offset + 1 : w.Low)],
            KafkaStartKind.Latest => [.. watermarks.Select(w => (long?)w.High)],
            KafkaStartKind.Group => committed!,
            KafkaStartKind.Timestamp => await FindTimesAsync(partitions, watermarks, cancellationToken).ConfigureAwait(false),
            _ => [.. watermarks.Select(w => (long?)w.Low)],
        };
        return [.. watermarks.Select((w, i) => new PartitionProgress(w.Partition, Existing(w, wanted[i]), options.IsBounded ? w.High : long.MaxValue))];
    }

    private async Task<IReadOnlyList<long?>> FindTimesAsync(
        IReadOnlyList<int> partitions, IReadOnlyList<KafkaWatermarks> watermarks, CancellationToken cancellationToken)
    {
        IReadOnlyList<long?> found = await admin.OffsetsForTimeAsync(options.Topic, partitions, options.Start.Time, cancellationToken).ConfigureAwait(false);
        return [.. watermarks.Select((w, i) => found[i] ?? w.High)];
    }

    // A committed offset may have been removed by retention, or belong to a topic of the same name that was deleted.
    private long Existing(KafkaWatermarks watermarks, long? wanted)
    {
        long offset = wanted ?? watermarks.Low;
        bool exists = offset >= watermarks.Low && (offset <= watermarks.High || (options.Start.Kind == KafkaStartKind.Timestamp && restored.Count == 0));
        if (!exists)
        {
            logger.OffsetOutOfRange(options.Topic, watermarks.Partition, offset, watermarks.Low, watermarks.High);
        }

        return exists ? offset : watermarks.Low;
    }
}
