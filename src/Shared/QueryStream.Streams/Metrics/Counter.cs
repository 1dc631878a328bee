namespace QueryStream.Streams.Metrics;

/// <summary>A number that only grows. Added to by one thread, the task's; read by any.</summary>
/// <param name="name">Its name within the job; counters of one name are summed over all subtasks.</param>
public sealed class Counter(string name)
{
    private long _value;

    /// <summary>Its name within the job.</summary>
    public string Name { get; } = name;

    /// <summary>The sum so far.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Adds to it.</summary>
    public void Add(long count) => Volatile.Write(ref _value, _value + count);
}
