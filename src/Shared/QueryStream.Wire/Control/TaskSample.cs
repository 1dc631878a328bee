using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Wire.Control;

/// <summary>What one task has counted since it began.</summary>
/// <param name="Task">The task.</param>
public sealed record TaskSample(TaskId Task)
{
    /// <summary>Records that its sources took in, dead letters included.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Rows that came from other tasks.</summary>
    public long RowsIn { get; init; }

    /// <summary>Rows that were too late for a window.</summary>
    public long LateDropped { get; init; }

    /// <summary>Rows that systems outside have acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>How long before the sample was taken the last acknowledgement came, since clocks of processes differ; null before the first.</summary>
    public TimeSpan? SinceAcknowledgement { get; init; }

    /// <summary>The task's watermark; <see cref="EventTime.MinValue"/> where it has none.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>Counters that the job declared, in order of their names.</summary>
    public IReadOnlyList<NamedCount> Counters { get; init; } = [];

    /// <summary>Dead letters by reason, in order of the reasons.</summary>
    public IReadOnlyList<NamedCount> DeadLetters { get; init; } = [];

    /// <summary>The first dead letter of each reason, in order of the reasons.</summary>
    public IReadOnlyList<NamedText> DeadLetterExamples { get; init; } = [];
}
