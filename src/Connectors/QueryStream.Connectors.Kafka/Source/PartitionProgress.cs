using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>The progress of a source in one partition. Used in turns of the task; read once more when the source closes.</summary>
/// <param name="topicId">The id of its topic.</param>
/// <param name="partition">Its number.</param>
/// <param name="start">The offset of the first record to read.</param>
/// <param name="end">The offset to stop at; <see cref="long.MaxValue"/>: never.</param>
internal sealed class PartitionProgress(string topicId, int partition, long start, long end)
{
    /// <summary>After this time without records, although the partition has some, a warning is logged.</summary>
    private const long StallMilliseconds = 30_000;

    // When the broker first reported records behind the position that are not delivered, and that position; null if there are none.
    private EventTime? _behindSince;
    private long _behindAt;
    private bool _isStalled;

    public string TopicId { get; } = topicId;

    public int Partition { get; } = partition;

    /// <summary>The offset to stop at.</summary>
    public long End { get; private set; } = end;

    /// <summary>The offset after the last emitted record, or after transaction markers behind it.</summary>
    public long Position { get; set; } = start;

    /// <summary>Whether the partition was read to its end, or is gone.</summary>
    public bool IsEnded => Position >= End;

    /// <summary>Whether its topic was deleted, and the recreated topic has no such partition.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether the start offset was reported to the engine.</summary>
    public bool IsStartReported { get; set; }

    /// <summary>Whether the end was reported to the engine.</summary>
    public bool IsEndReported { get; set; }

    /// <summary>Whether the current poll has delivered a record of the partition.</summary>
    public bool HasNewRecords { get; set; }

    /// <summary>Ends the partition, since it no longer exists.</summary>
    public void Remove()
    {
        End = Position;
        IsGone = true;
    }

    /// <summary>Updates the stall detection with the end offset that the broker has reported.</summary>
    /// <returns>True once per stall: records were not delivered for 30 s, because of an open transaction or a stuck fetch.</returns>
    public bool UpdateStall(long end, EventTime askedAt)
    {
        if (Position >= end || _behindSince is not { } since || Position != _behindAt)
        {
            _behindSince = Position >= end ? null : askedAt;
            _behindAt = Position;
            _isStalled = false;
            return false;
        }

        bool wasStalled = _isStalled;
        _isStalled = askedAt.Milliseconds - since.Milliseconds >= StallMilliseconds;
        return _isStalled && !wasStalled;
    }
}
