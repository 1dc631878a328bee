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

    /// <summary>
    /// Whether the checkpoints are discarded, since the job has ended: they are being deleted or were, and none can be restored. Savepoints are kept.
    /// </summary>
    public bool AreDiscarded { get; init; }

    /// <summary>The last ones that have ended, at most <see cref="MaxHistory"/>, the newest first.</summary>
    public IReadOnlyList<CheckpointInfo> History { get; init; } = [];

    /// <summary>The maximum length of <see cref="History"/>.</summary>
    public const int MaxHistory = 10;
}
