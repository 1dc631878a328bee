using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>Reads partitions in memory, taking turns.</summary>
internal sealed class InMemoryReader : IKafkaReader
{
    private readonly Topic _topic;
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly PartitionCursor[] _cursors;
    private readonly SilentPartition[] _silent;
    private readonly ITimer _timer;
    private int _turn;

    // 1 from the start of a poll to the first record appended after it, which takes it and wakes: whichever comes first, the poll that
    // sees the record or the wake, none is missed.
    private int _isArmed;

    public InMemoryReader(Topic topic, IReadOnlyList<KafkaOffset> from, bool isReadCommitted, TimeProvider time, Action wake)
    {
        _topic = topic;
        _time = time;
        _wake = wake;
        long now = time.GetTimestamp();
        _silent = [.. from.Select(offset => new SilentPartition(topic.Name, offset.Partition, now, wake))];
        _cursors = [.. from.Select(offset => topic.Partitions[offset.Partition].Open(offset.Offset, isReadCommitted, OnAppended))];
        _timer = time.CreateTimer(static self => ((InMemoryReader)self!).AnswerSilent(), this, SilentPartition.Interval, SilentPartition.Interval);
    }

    /// <summary>Never: the reader holds on to the topic that it was opened with.</summary>
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
        bool goOn = true;
        for (int i = 0; i < _cursors.Length && goOn; i++)
        {
            int index = (_turn + i) % _cursors.Length;
            goOn = _cursors[index].Read(ref handler, out int handled, out bool isAtEnd);
            isDrained &= isAtEnd;
            if (handled > 0)
            {
                _silent[index].LastRecord = _time.GetTimestamp();
            }
        }

        _turn = (_turn + 1) % Math.Max(1, _cursors.Length);
        _topic.OnRead();
        if (!goOn || !isDrained)
        {
            return false;
        }

        foreach (SilentPartition partition in _silent)
        {
            if (partition.TryTake(out long end, out EventTime askedAt))
            {
                handler.OnEndOffset(partition.Partition, end, askedAt);
            }
        }

        return true;
    }

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

    private void AnswerSilent()
    {
        if (_topic.IsDeleted)
        {
            return;
        }

        foreach (SilentPartition partition in _silent)
        {
            if (_time.GetElapsedTime(partition.LastRecord) >= SilentPartition.SilentAfter)
            {
                EventTime now = EventTime.From(_time.GetUtcNow());
                partition.Answer(_topic.Partitions[partition.Partition].High, now);
            }
        }
    }
}
