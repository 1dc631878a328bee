using QueryStream.Coordinator.Checkpoints;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.Diagnosis;

/// <summary>A job whose output is to be explained, at one moment. Immutable.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Now">The moment.</param>
public sealed record DiagnosedJob(JobStatus Status, DateTimeOffset Now)
{
    /// <summary>Its graph; null before it is built.</summary>
    public JobGraph? Graph { get; init; }

    /// <summary>Its tasks.</summary>
    public IReadOnlyList<TaskInfo> Tasks { get; init; } = [];

    /// <summary>Its metrics.</summary>
    public JobMetrics Metrics { get; init; } = new();

    /// <summary>Its checkpoints.</summary>
    public CheckpointStatistics Checkpoints { get; init; } = new();

    /// <summary>Why it waits for slots; null: it does not.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Why it has failed, or restarts; null: it has done neither.</summary>
    public string? Failure { get; init; }

    /// <summary>A job as of now.</summary>
    public static DiagnosedJob Of(JobHandle job, DateTimeOffset now) => new(job.Status, now)
    {
        Graph = job.Graph,
        Tasks = job.Tasks,
        Metrics = job.Metrics(),
        Checkpoints = job.Checkpoints,
        WaitsFor = job.WaitsFor,
        Failure = (job.Failure ?? job.RestartCause)?.Message,
    };
}

/// <summary>Something that holds output back, or tells that nothing does.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Text">Where, since when, how much.</param>
public sealed record Finding(FindingKind Kind, string Title, string Text)
{
    /// <summary>What to change; null: nothing, or it is not known.</summary>
    public string? Change { get; init; }
}

/// <summary>What holds output back.</summary>
public enum FindingKind
{
    /// <summary>The job does not run.</summary>
    NotRunning,

    /// <summary>It has not enough slots.</summary>
    NoSlots,

    /// <summary>An external system does not answer or refuses.</summary>
    ExternalProblem,

    /// <summary>Sources read nothing.</summary>
    NoInput,

    /// <summary>All records fail.</summary>
    DeadLetters,

    /// <summary>A split holds the watermark back.</summary>
    WatermarkHeld,

    /// <summary>All splits are idle, and event time stands still.</summary>
    AllIdle,

    /// <summary>Rows are too late.</summary>
    LateRows,

    /// <summary>An operator drops all rows.</summary>
    Filtered,

    /// <summary>An operator is slower than what comes before it.</summary>
    Bottleneck,

    /// <summary>Checkpoints fail, and exactly-once output is committed by them only.</summary>
    CheckpointsFail,

    /// <summary>Rows are written.</summary>
    OutputFlows,

    /// <summary>Nothing of all that is seen.</summary>
    Unknown,
}
