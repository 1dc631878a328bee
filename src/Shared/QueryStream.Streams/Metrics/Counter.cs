namespace QueryStream.Streams.Metrics;

/// <summary>A counter that only grows. Incremented by its task's thread only; read by any thread.</summary>
/// <param name="name">Its name within the job; counters with the same name are summed over all subtasks.</param>
public sealed class Counter(string name)
{
    private long _value;

    /// <summary>Its name within the job.</summary>
    public string Name { get; } = name;

    /// <summary>The current value.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Adds to it.</summary>
    public void Add(long count) => Volatile.Write(ref _value, _value + count);
}
