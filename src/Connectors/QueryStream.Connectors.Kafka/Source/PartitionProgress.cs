namespace QueryStream.Connectors.Kafka.Source;

/// <summary>How far a source has read one partition. Changed by the task; its position is read by the committer too.</summary>
internal sealed class PartitionProgress(int partition, long start, long end)
{
    private long _position = start;

    public int Partition { get; } = partition;

    /// <summary>Where to stop; <see cref="long.MaxValue"/> for never.</summary>
    public long End { get; } = end;

    /// <summary>The offset after the last record handed over, or after what is known to be no record.</summary>
    public long Position
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>Whether it has ended for good.</summary>
    public bool IsEnded => Position >= End;

    /// <summary>Whether the engine was told that it has ended.</summary>
    public bool IsEndReported { get; set; }

    /// <summary>Whether the current poll has brought a record of it.</summary>
    public bool HasNews { get; set; }
}
