using System.Globalization;
using System.Text;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.JobSubmit.Checkpoints;

/// <summary>The position of a split of a source, as people read it.</summary>
/// <param name="Operator">The source.</param>
/// <param name="Split">The split's name.</param>
/// <param name="Watermark">The split's watermark.</param>
internal sealed record SourceSplit(string Operator, string Split, EventTime Watermark) : IComparable<SourceSplit>
{
    // The position of a file that was read to its end.
    private const long Finished = long.MaxValue - 1;

    /// <summary>For Kafka the topic, else null.</summary>
    public string? Topic { get; private init; }

    /// <summary>For Kafka the partition, else null.</summary>
    public int? Partition { get; private init; }

    /// <summary>For Kafka the topic's id, which distinguishes it from another topic of the same name; else null.</summary>
    public string? TopicId { get; private init; }

    /// <summary>The offset of the last record in the state; -1: no record; null: the split was read to its end.</summary>
    public long? LastOffset { get; private init; }

    /// <summary>
    /// Explains a position. The source of Kafka names its splits TOPIC-PARTITION and adds the topic's id; that of files names them by path.
    /// </summary>
    public static SourceSplit Of(string source, SplitPosition position)
    {
        SourceSplit split = new(source, position.Split, position.Watermark) { LastOffset = position.Offset == Finished ? null : position.Offset };
        int dash = position.Split.LastIndexOf('-');
        return !position.State.IsEmpty && dash > 0
            && int.TryParse(position.Split.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                ? split with { Topic = position.Split[..dash], Partition = partition, TopicId = Encoding.UTF8.GetString(position.State.Span) }
                : split;
    }

    /// <summary>By source and name, with numbers in numeric order: partition 10 after partition 9.</summary>
    public int CompareTo(SourceSplit? other)
    {
        int order = string.CompareOrdinal(Operator, other?.Operator);
        order = order != 0 ? order : string.CompareOrdinal(Topic ?? Split, other?.Topic ?? other?.Split);
        return order != 0 ? order : Comparer<int?>.Default.Compare(Partition, other?.Partition);
    }
}
