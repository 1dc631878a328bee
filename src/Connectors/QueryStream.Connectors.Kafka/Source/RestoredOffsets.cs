using System.Globalization;
using System.Text;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Source;

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
