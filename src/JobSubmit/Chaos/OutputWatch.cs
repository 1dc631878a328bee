namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// Notes when new output arrives: a record of the topic, which is read committed; or a running count in Redis that is higher than any before of its
/// key, since a restarted job first repeats upserts. Safe on any thread.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class OutputWatch(TimeProvider time)
{
    // Guards all members: a reader of the topic, a subscriber of Redis and the rounds meet here.
    private readonly Lock _lock = new();
    private readonly List<OutputRecord> _records = [];
    private readonly Dictionary<string, long> _counts = [];
    private TaskCompletionSource<long> _nextInTopic = New();
    private TaskCompletionSource<long> _nextInRedis = New();

    /// <summary>All records of the topic so far, those of each partition in their order.</summary>
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

    /// <summary>From now on, only later output is new.</summary>
    /// <returns>Complete with the clock's timestamp of the first new output.</returns>
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
        lock (_lock)
        {
            _records.Add(record);
            _nextInTopic.TrySetResult(time.GetTimestamp());
        }
    }

    /// <summary>A running count was published.</summary>
    public void OnMessage(ReadOnlyMemory<byte> message)
    {
        if (CountedEvent.Parse(message.Span) is not { } counted)
        {
            // The comparison at the end finds what is stored with it.
            return;
        }

        lock (_lock)
        {
            if (counted.Count > _counts.GetValueOrDefault(counted.Key))
            {
                _counts[counted.Key] = counted.Count;
                _nextInRedis.TrySetResult(time.GetTimestamp());
            }
        }
    }

    private static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
