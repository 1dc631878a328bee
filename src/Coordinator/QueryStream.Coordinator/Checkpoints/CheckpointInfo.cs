using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>One checkpoint.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="TriggeredAt">When the coordinator triggered it.</param>
public sealed record CheckpointInfo(CheckpointId Id, CheckpointKind Kind, DateTimeOffset TriggeredAt)
{
    /// <summary>Its status.</summary>
    public CheckpointStatus Status { get; init; }

    /// <summary>How long it took; zero while it is under way.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The number of tasks that must acknowledge it.</summary>
    public int Tasks { get; init; }

    /// <summary>The number of tasks that have.</summary>
    public int AcknowledgedTasks { get; init; }

    /// <summary>The parts of the tasks that have acknowledged it, in that order; those that had ended before are not among them.</summary>
    public IReadOnlyList<SubtaskCheckpoint> Subtasks { get; init; } = [];

    /// <summary>The outcome of all rows of each operator until then, over all subtasks; empty before it is complete.</summary>
    public IReadOnlyList<OperatorLedger> Ledger { get; init; } = [];

    /// <summary>The stored bytes of the whole state.</summary>
    public long StateBytes { get; init; }

    /// <summary>The bytes written for this checkpoint; the rest is reused from earlier ones.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Where it is stored, for a restore by path; null before it is complete.</summary>
    public string? Path { get; init; }

    /// <summary>Why it failed; else null.</summary>
    public string? Failure { get; init; }
}

/// <summary>The status of a checkpoint, with Flink's names.</summary>
public enum CheckpointStatus
{
    /// <summary>Its tasks store their state, or its manifest is being committed.</summary>
    InProgress,

    /// <summary>Its manifest is committed.</summary>
    Completed,

    /// <summary>It was aborted.</summary>
    Failed,
}
