namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// Detects and measures new output: a committed record in the topic, or a running count in Redis that is higher than all earlier ones of its key (a
/// restarted job first repeats upserts). Safe on any thread.
/// </summary>
/// <param name="events">Knows when each event was produced.</param>
/// <param name="time">The clock.</param>
internal sealed class OutputWatch(ProducedEvents events, TimeProvider time)
{
    // Guards all members, which the topic's reader, the Redis subscriber and the rounds use concurrently.
    private readonly Lock _lock = new();
    private readonly List<OutputRecord> _records = [];
    private readonly List<bool> _seen = [];
    private readonly Dictionary<string, string> _keys = [];
    private readonly Dictionary<string, long> _counts = [];
    private TaskCompletionSource<long> _nextInTopic = New();
    private TaskCompletionSource<long> _nextInRedis = New();
    private long _distinct;
    private int _complete;
    private long _lastRecordAt;

    /// <summary>The topic.</summary>
    public OutputSeries Topic { get; } = new(time);

    /// <summary>The running counts.</summary>
    public OutputSeries Redis { get; } = new(time);

    /// <summary>All records of the topic so far, in the order of each partition.</summary>
    public IReadOnlyList<OutputRecord> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>
    /// What the topic has: how many events, repeated ones not counted, the number before which none is missing, and the timestamp of its last record.
    /// </summary>
    public (long Events, long Complete, long LastAt) InTopic
    {
        get
        {
            lock (_lock)
            {
                return (_distinct, _complete, _lastRecordAt);
            }
        }
    }

    /// <summary>Starts to wait for output that arrives from now on.</summary>
    /// <returns>Tasks that complete with the timestamp of the first new output.</returns>
    public (Task<long> Topic, Task<long> Redis) Begin()
    {
        lock (_lock)
        {
            _nextInTopic = New();
            _nextInRedis = New();
            return (_nextInTopic.Task, _nextInRedis.Task);
        }
    }

    /// <summary>A record of the topic was read.</summary>
    public void OnRecord(OutputRecord record)
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            // Millions of records share their keys.
            if (record.Event is { } counted)
            {
                if (!_keys.TryGetValue(counted.Key, out string? key))
                {
                    _keys.Add(counted.Key, key = counted.Key);
                }

                record = record with { Event = counted with { Key = key } };
                if (LatencyOf(counted.Number) is long latency && IsFirst(counted.Number))
                {
                    Topic.Add(now, 1, latency);
                }
            }

            _records.Add(record);
            _lastRecordAt = now;
            _nextInTopic.TrySetResult(now);
        }
    }

    /// <summary>A running count was published.</summary>
    public void OnMessage(ReadOnlyMemory<byte> message)
    {
        if (CountedEvent.Parse(message.Span) is not { } counted)
        {
            // The final comparison finds it in Redis.
            return;
        }

        long now = time.GetTimestamp();
        lock (_lock)
        {
            long before = _counts.GetValueOrDefault(counted.Key);
            if (counted.Count > before)
            {
                _counts[counted.Key] = counted.Count;
                Redis.Add(now, (int)(counted.Count - before), LatencyOf(counted.Number));
                _nextInRedis.TrySetResult(now);
            }
        }
    }

    private long? LatencyOf(long number) => events.TimeOf(number) is long producedAt ? time.GetUtcNow().ToUnixTimeMilliseconds() - producedAt : null;

    private bool IsFirst(long number)
    {
        while (_seen.Count <= number)
        {
            _seen.Add(false);
        }

        if (_seen[(int)number])
        {
            return false;
        }

        _seen[(int)number] = true;
        _distinct++;
        while (_complete < _seen.Count && _seen[_complete])
        {
            _complete++;
        }

        return true;
    }

    private static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
