using QueryStream.Core.Time;

namespace QueryStream.Coordinator;

/// <summary>What the tasks of a job have counted, summed. About a second behind while the job runs; exact when it has ended.</summary>
public sealed record JobMetrics
{
    /// <summary>Records that sources took in, dead letters included.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Rows that systems outside have acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Counters that the job declared, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Records that could not become rows, by reason.</summary>
    public IReadOnlyDictionary<string, long> DeadLetters { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>A dead letter of each reason, the first one of some task: what was wrong, where, and who takes it.</summary>
    public IReadOnlyDictionary<string, string> DeadLetterExamples { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Rows that were too late for a window, counted once for each window.</summary>
    public long LateDropped { get; init; }

    /// <summary>The lowest watermark of the running tasks that have one; <see cref="EventTime.MinValue"/> where none has.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>
    /// How long the job has been running, or had been when it ended; zero if no task ever ran. Counted from the first
    /// task that runs, so that nothing is read before the clock starts.
    /// </summary>
    public TimeSpan RunningFor { get; init; }

    /// <summary>From the same start to the last write that a system outside has acknowledged; null before the first.</summary>
    public TimeSpan? SecondsToLastAcknowledgement { get; init; }
}
