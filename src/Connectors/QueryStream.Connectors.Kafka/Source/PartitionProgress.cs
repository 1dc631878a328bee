using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Source;

/// <summary>How far a source has read one partition. Used in turns of the task; read once more when the source closes.</summary>
/// <param name="topicId">The id of its topic.</param>
/// <param name="partition">Its number.</param>
/// <param name="start">The offset of the first record wanted.</param>
/// <param name="end">Where to stop; <see cref="long.MaxValue"/> for never.</param>
internal sealed class PartitionProgress(string topicId, int partition, long start, long end)
{
    /// <summary>How long a partition may bring nothing although it has records, before that is a warning.</summary>
    private const long StallMilliseconds = 30_000;

    // Since when the broker has had records behind the position that do not come, and the position; null: it has none.
    private EventTime? _behindSince;
    private long _behindAt;
    private bool _isStalled;

    public string TopicId { get; } = topicId;

    public int Partition { get; } = partition;

    /// <summary>Where to stop.</summary>
    public long End { get; private set; } = end;

    /// <summary>The offset after the last record handed over, or after what is known to be no record.</summary>
    public long Position { get; set; } = start;

    /// <summary>Whether all of it was read, or it is gone.</summary>
    public bool IsEnded => Position >= End;

    /// <summary>Whether its topic was deleted, and the topic that was created again lacks it.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether the engine knows where it starts.</summary>
    public bool IsStartReported { get; set; }

    /// <summary>Whether the engine knows that it has ended.</summary>
    public bool IsEndReported { get; set; }

    /// <summary>Whether the current poll has brought a record of it.</summary>
    public bool HasNews { get; set; }

    /// <summary>Ends the partition: it is gone.</summary>
    public void Remove()
    {
        End = Position;
        IsGone = true;
    }

    /// <summary>Notes where the broker says that the partition ends.</summary>
    /// <returns>True once for each time that records have not come for 30 s: behind an open transaction, or the fetch is stuck.</returns>
    public bool HasStalled(long end, EventTime askedAt)
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
