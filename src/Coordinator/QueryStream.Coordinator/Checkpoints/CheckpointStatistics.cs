using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>The checkpoints of a job so far, savepoints included. Immutable.</summary>
public sealed record CheckpointStatistics
{
    /// <summary>How many have completed.</summary>
    public long Completed { get; init; }

    /// <summary>How many have failed.</summary>
    public long Failed { get; init; }

    /// <summary>How many have failed since the last one that completed.</summary>
    public long ConsecutiveFailures { get; init; }

    /// <summary>How often an operator has asked for a checkpoint before the next one was due.</summary>
    public long Requested { get; init; }

    /// <summary>The checkpoint under way; null: none.</summary>
    public CheckpointInfo? InProgress { get; init; }

    /// <summary>The last complete checkpoint; null: none.</summary>
    public CheckpointInfo? LastCompleted { get; init; }

    /// <summary>The last complete savepoint; null: none.</summary>
    public CheckpointInfo? LastSavepoint { get; init; }

    /// <summary>The last one that failed; null: none.</summary>
    public CheckpointInfo? LastFailed { get; init; }

    /// <summary>The path of the checkpoint that the running attempt was restored from; null: none.</summary>
    public string? RestoredFrom { get; init; }

    /// <summary>Whether the checkpoints were deleted, since the job has ended. Savepoints are not.</summary>
    public bool AreDeleted { get; init; }

    /// <summary>The last ones that have ended, at most <see cref="MaxHistory"/>, the newest first.</summary>
    public IReadOnlyList<CheckpointInfo> History { get; init; } = [];

    /// <summary>The maximum length of <see cref="History"/>.</summary>
    public const int MaxHistory = 10;
}

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
