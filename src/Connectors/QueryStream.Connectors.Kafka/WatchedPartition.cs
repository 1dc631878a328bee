using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// A partition of a reader. While it delivers no records, its end offset is fetched. The reader's thread marks records and takes end offsets; the
/// monitor sets end offsets on its own thread.
/// </summary>
internal sealed class WatchedPartition(string topic, int partition, long now, Action wake)
{
    // Written by the reader, read by the monitor. A stale value delays or repeats one request at most.
    private long _lastRecord = now;

    // Set by the monitor, taken by the reader. One object, so that offset and time are exchanged atomically.
    private EndOffset? _endOffset;

    // The last end offset that was set; -1: none was.
    private long _lastEnd = -1;

    /// <summary>How long a partition delivers no record before its end offset is fetched.</summary>
    public static readonly TimeSpan FetchEndAfter = TimeSpan.FromSeconds(1);

    /// <summary>The interval of fetching end offsets.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    public string Topic { get; } = topic;

    public int Partition { get; } = partition;

    /// <summary>The clock's timestamp when the reader last saw a record.</summary>
    public long LastRecord
    {
        get => Volatile.Read(ref _lastRecord);
        set => Volatile.Write(ref _lastRecord, value);
    }

    /// <summary>The last end offset that was set, taken or not; null: none was.</summary>
    public long? LastEnd => Volatile.Read(ref _lastEnd) is >= 0 and long end ? end : null;

    /// <summary>Sets the end offset and wakes the reader. Called on any thread.</summary>
    public void SetEndOffset(long end, EventTime askedAt)
    {
        Volatile.Write(ref _lastEnd, end);
        Volatile.Write(ref _endOffset, new EndOffset(end, askedAt));
        wake();
    }

    /// <summary>Takes the latest end offset, once. Called on the reader's thread.</summary>
    public bool TryTakeEndOffset(out long end, out EventTime askedAt)
    {
        EndOffset? latest = Volatile.Read(ref _endOffset) is null ? null : Interlocked.Exchange(ref _endOffset, null);
        end = latest?.End ?? 0;
        askedAt = latest?.AskedAt ?? default;
        return latest is not null;
    }

    private sealed record EndOffset(long End, EventTime AskedAt);
}
