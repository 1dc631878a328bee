using QueryStream.Core.Time;

namespace QueryStream.Coordinator;

/// <summary>The metrics of a job, summed over its tasks. About a second old while the job runs; exact when it has ended.</summary>
public sealed record JobMetrics
{
    /// <summary>Records that sources read, dead letters included.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Rows that external systems have acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Counters that the job declared, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Records that could not become rows, by reason.</summary>
    public IReadOnlyDictionary<string, long> DeadLetters { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>One dead letter of each reason, the first of a task: the error, its position, and where the record went.</summary>
    public IReadOnlyDictionary<string, string> DeadLetterExamples { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is wrong with external systems at the moment, by operator: that of one of its tasks.</summary>
    public IReadOnlyDictionary<string, string> Problems { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Rows that were too late for a window, counted once per window.</summary>
    public long LateDropped { get; init; }

    /// <summary>The lowest watermark of the running tasks that have one; <see cref="EventTime.MinValue"/> where none has.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>
    /// How long the job has been running, or ran until it ended; zero if no task ever ran. Counted from the first running task,
    /// so no record is read before the clock starts.
    /// </summary>
    public TimeSpan RunningFor { get; init; }

    /// <summary>From the same start to the last acknowledged write; null before the first.</summary>
    public TimeSpan? TimeToLastAcknowledgement { get; init; }
}
