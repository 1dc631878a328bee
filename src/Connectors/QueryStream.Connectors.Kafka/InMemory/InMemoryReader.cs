using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>Reads partitions in memory, round-robin.</summary>
internal sealed class InMemoryReader : IKafkaReader
{
    private readonly Topic _topic;
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly PartitionCursor[] _cursors;
    private readonly WatchedPartition[] _watched;
    private readonly ITimer _timer;
    private int _turn;

    // Set to 1 at the start of a poll. The first append after that resets it and wakes the task, so either the poll sees the record or the task is
    // woken.
    private int _isArmed;

    public InMemoryReader(Topic topic, IReadOnlyList<KafkaOffset> from, bool isReadCommitted, TimeProvider time, Action wake)
    {
        _topic = topic;
        _time = time;
        _wake = wake;
        long now = time.GetTimestamp();
        _watched = [.. from.Select(offset => new WatchedPartition(topic.Name, offset.Partition, now, wake))];
        _cursors = [.. from.Select(offset => topic.Partitions[offset.Partition].Open(offset.Offset, isReadCommitted, OnAppended))];
        _timer = time.CreateTimer(
            static self => ((InMemoryReader)self!).ReportEndOffsets(), this, WatchedPartition.Interval, WatchedPartition.Interval);
    }

    /// <summary>Always false: the reader keeps a reference to the topic that it was opened with.</summary>
    public bool IsTopicReplaced => false;

    public bool Poll<THandler>(ref THandler handler)
        where THandler : struct, IKafkaRecordHandler, allows ref struct
    {
        Interlocked.Exchange(ref _isArmed, 1);
        if (_topic.IsDeleted)
        {
            return true;
        }

        bool isDrained = true;
        bool continues = true;
        for (int i = 0; i < _cursors.Length && continues; i++)
        {
            int index = (_turn + i) % _cursors.Length;
            continues = _cursors[index].Read(ref handler, out int handled, out bool isAtEnd);
            isDrained &= isAtEnd;
            if (handled > 0)
            {
                _watched[index].LastRecord = _time.GetTimestamp();
            }
        }

        _turn = (_turn + 1) % Math.Max(1, _cursors.Length);
        _topic.OnRead();
        if (!continues || !isDrained)
        {
            return false;
        }

        foreach (WatchedPartition partition in _watched)
        {
            if (partition.TryTakeEndOffset(out long end, out EventTime askedAt))
            {
                handler.OnEndOffset(partition.Partition, end, askedAt);
            }
        }

        return true;
    }

    public long? KnownEnd(int partition) =>
        Array.Exists(_cursors, cursor => cursor.Partition == partition) ? _topic.Partitions[partition].High : null;

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        foreach (PartitionCursor cursor in _cursors)
        {
            _topic.Partitions[cursor.Partition].Close(cursor);
        }

        _topic.OnRead();
    }

    private void OnAppended()
    {
        if (Interlocked.Exchange(ref _isArmed, 0) == 1)
        {
            _wake();
        }
    }

    private void ReportEndOffsets()
    {
        if (_topic.IsDeleted)
        {
            return;
        }

        foreach (WatchedPartition partition in _watched)
        {
            if (_time.GetElapsedTime(partition.LastRecord) >= WatchedPartition.FetchEndAfter)
            {
                EventTime now = EventTime.From(_time.GetUtcNow());
                partition.SetEndOffset(_topic.Partitions[partition.Partition].High, now);
            }
        }
    }
}
