namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// Detects new output: a committed record in the topic, or a running count in Redis that is higher than all earlier ones of its key (a restarted job
/// first repeats upserts). Safe on any thread.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class OutputWatch(TimeProvider time)
{
    // Guards all members, which the topic's reader, the Redis subscriber and the rounds use concurrently.
    private readonly Lock _lock = new();
    private readonly List<OutputRecord> _records = [];
    private readonly Dictionary<string, long> _counts = [];
    private TaskCompletionSource<long> _nextInTopic = New();
    private TaskCompletionSource<long> _nextInRedis = New();

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
            // The final comparison finds it in Redis.
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
