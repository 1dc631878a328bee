using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>What sources do at the barrier of a savepoint that stops the job.</summary>
public enum StopMode
{
    /// <summary>They read nothing more.</summary>
    Suspend,

    /// <summary>They read nothing more, and have sent the end of event time before the barrier, so that all windows have fired.</summary>
    Drain,
}

/// <summary>How an attempt takes checkpoints.</summary>
/// <param name="Epoch">The coordinator's epoch in the storage.</param>
/// <param name="Storage">The address of the storage to which tasks write segments.</param>
/// <param name="Mode">Whether barriers are aligned.</param>
public sealed record CheckpointPlan(Epoch Epoch, string Storage, CheckpointMode Mode);

/// <summary>Whether a task waits for the barriers of all of its channels, with Flink's names.</summary>
public enum CheckpointMode
{
    /// <summary>Rows behind a barrier wait until it has come on all channels.</summary>
    ExactlyOnce,

    /// <summary>Rows behind a barrier do not wait, and are processed again after a restart.</summary>
    AtLeastOnce,
}

/// <summary>The stored checkpoint from which an attempt starts.</summary>
/// <param name="Storage">The address of the storage.</param>
/// <param name="Job">The job that took it, which may be an earlier run.</param>
/// <param name="Checkpoint">Its id.</param>
public sealed record RestorePlan(string Storage, JobId Job, CheckpointId Checkpoint);

/// <summary>Sources send the barriers of a checkpoint. Each task of the attempt answers, see docs/design/checkpointing.md.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Checkpoint">The checkpoint; ids rise over all attempts.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Storage">The address of the storage, which for a savepoint is another one than that of the plan.</param>
/// <param name="Epoch">The coordinator's epoch in this storage.</param>
/// <param name="Base">A retained checkpoint whose chunks may be reused; null: none, so that the checkpoint is self-contained.</param>
/// <param name="Stop">What sources do after the barrier; null: they go on.</param>
public sealed record TriggerCheckpoint(
    JobId Job,
    Attempt Attempt,
    CheckpointId Checkpoint,
    CheckpointKind Kind,
    string Storage,
    Epoch Epoch,
    CheckpointId? Base,
    StopMode? Stop) : WorkerMessage;

/// <summary>The manifest is committed: sinks and sources commit.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Checkpoint">The checkpoint.</param>
public sealed record CheckpointCompleted(JobId Job, Attempt Attempt, CheckpointId Checkpoint) : WorkerMessage;

/// <summary>The checkpoint will never complete: nobody waits for its barrier any more.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Checkpoint">The checkpoint.</param>
public sealed record CheckpointAborted(JobId Job, Attempt Attempt, CheckpointId Checkpoint) : WorkerMessage;

/// <summary>
/// The state of one task is stored: all rows before the barrier are processed, and the output of sinks for them is acknowledged. Checkpoint 0 is the
/// final snapshot of a task that ends, which is part of all later checkpoints of the attempt.
/// </summary>
/// <param name="Snapshot">The task's part.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record CheckpointAcknowledged(TaskSnapshot Snapshot, Attempt Attempt) : JobReport(Snapshot.Task.Job, Attempt);

/// <summary>
/// An operator asks for a checkpoint before the next one is due. One that is under way will do where its barrier has not reached the task. Where the
/// checkpoint that follows is aborted, the operator asks again.
/// </summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="LastBarrier">The last barrier that has reached the task; 0: none.</param>
/// <param name="OperatorName">The operator.</param>
/// <param name="Reason">Why, for the log.</param>
public sealed record CheckpointRequested(TaskId Task, Attempt Attempt, CheckpointId LastBarrier, string OperatorName, string Reason)
    : JobReport(Task.Job, Attempt);

/// <summary>A task could not store its state. It goes on.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Checkpoint">The checkpoint, which fails.</param>
/// <param name="Failure">Why.</param>
public sealed record CheckpointDeclined(TaskId Task, Attempt Attempt, CheckpointId Checkpoint, TaskFailure Failure) : JobReport(Task.Job, Attempt);
