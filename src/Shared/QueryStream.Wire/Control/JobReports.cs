using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;

namespace QueryStream.Wire.Control;

/// <summary>All tasks of <see cref="DeployTasks"/> are deployed on this worker and wait for <see cref="RunTasks"/>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record TasksDeployed(JobId Job, Attempt Attempt) : JobReport(Job, Attempt);

/// <summary>The worker has deployed none of the tasks of <see cref="DeployTasks"/>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Error">Why.</param>
public sealed record DeploymentRefused(JobId Job, Attempt Attempt, ErrorInfo Error) : JobReport(Job, Attempt);

/// <summary>A task has changed its state. Its final <see cref="MetricsReport"/> comes before its terminal state.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="State">Running, Finished, Failed or Canceled: the states that a worker decides.</param>
/// <param name="Failure">The cause of Failed, else null.</param>
public sealed record TaskReport(TaskId Task, Attempt Attempt, ExecutionState State, TaskFailure? Failure = null) : JobReport(Task.Job, Attempt);

/// <summary>Why a task failed.</summary>
/// <param name="OperatorName">The operator whose code threw.</param>
/// <param name="Cause">What it threw.</param>
public sealed record TaskFailure(string OperatorName, ErrorInfo Cause);

/// <summary>Metrics of tasks of one job. Sent about once a second, and for each task once more before its end.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Tasks">The tasks; the metrics of those that are missing have not changed.</param>
public sealed record MetricsReport(JobId Job, Attempt Attempt, IReadOnlyList<TaskSample> Tasks) : JobReport(Job, Attempt);

/// <summary>The metrics of one task, counted since it began.</summary>
/// <param name="Task">The task.</param>
public sealed record TaskSample(TaskId Task)
{
    /// <summary>Records that its sources read, dead letters included.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Bytes of these records, as they were stored; 0 where the source does not know.</summary>
    public long BytesRead { get; init; }

    /// <summary>Rows received from other tasks.</summary>
    public long RowsIn { get; init; }

    /// <summary>Bytes of these rows, as they are in memory.</summary>
    public long BytesIn { get; init; }

    /// <summary>Rows sent to other tasks; a row that was sent to several counts for each.</summary>
    public long RowsOut { get; init; }

    /// <summary>Bytes of these rows, as they are in memory.</summary>
    public long BytesOut { get; init; }

    /// <summary>How long it has run and had no input.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>How long it has worked.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>How long it has taken no input, since what follows it was full.</summary>
    public TimeSpan BackPressured { get; init; }

    /// <summary>The elements that wait for it now.</summary>
    public int QueueLength { get; init; }

    /// <summary>How full its fullest output channel is now; 1 and more: it waits for credit.</summary>
    public double OutputUsage { get; init; }

    /// <summary>What has passed each of its operators.</summary>
    public IReadOnlyList<OperatorFlow> Operators { get; init; } = [];

    /// <summary>The splits of its source.</summary>
    public IReadOnlyList<SplitFlow> Splits { get; init; } = [];

    /// <summary>How far rows were behind the clock by their event time when they came to its sinks.</summary>
    public LatencyCounts SinkLatency { get; init; } = LatencyCounts.None;

    /// <summary>Bytes that its sinks have written; 0 where they do not know.</summary>
    public long BytesWritten { get; init; }

    /// <summary>How long external systems took to acknowledge a write of its sinks, where they record it.</summary>
    public LatencyCounts WriteLatency { get; init; } = LatencyCounts.None;

    /// <summary>Its last checkpoint; null before the first.</summary>
    public CheckpointSample? Checkpoint { get; init; }

    /// <summary>How long it has run.</summary>
    public TimeSpan Runtime => Idle + Busy + BackPressured;

    /// <summary>Rows that were too late for a window.</summary>
    public long LateDropped { get; init; }

    /// <summary>Rows that external systems have acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>
    /// The age of the last acknowledgement when the sample was taken (an age, because clocks differ between processes); null before the first.
    /// </summary>
    public TimeSpan? SinceAcknowledgement { get; init; }

    /// <summary>The task's watermark; <see cref="EventTime.MinValue"/> if it has none.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>Counters that the job declared, sorted by name.</summary>
    public IReadOnlyList<NamedCount> Counters { get; init; } = [];

    /// <summary>Dead letters by reason, sorted by reason.</summary>
    public IReadOnlyList<NamedCount> DeadLetters { get; init; } = [];

    /// <summary>The first dead letter of each reason, sorted by reason.</summary>
    public IReadOnlyList<NamedText> DeadLetterExamples { get; init; } = [];

    /// <summary>Current problems of external systems, sorted by operator.</summary>
    public IReadOnlyList<NamedText> Problems { get; init; } = [];
}

/// <summary>A named count.</summary>
/// <param name="Name">The name.</param>
/// <param name="Count">The count.</param>
public readonly record struct NamedCount(string Name, long Count);

/// <summary>A named text.</summary>
/// <param name="Name">The name.</param>
/// <param name="Text">The text.</param>
public readonly record struct NamedText(string Name, string Text);
