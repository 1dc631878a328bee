using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>The messages of timers and storage to the checkpoint coordinator of a job, which its master passes on.</summary>
internal abstract record CheckpointEvent : JobMasterMessage
{
    /// <summary>The next checkpoint is due. Ignored unless it is of the last timer.</summary>
    public sealed record Due(long Timer) : CheckpointEvent;

    /// <summary>The timeout of a checkpoint has passed.</summary>
    public sealed record TimedOut(CheckpointId Checkpoint) : CheckpointEvent;

    /// <summary>The storage of a savepoint is open, or could not be opened.</summary>
    public sealed record SavepointOpened(SavepointRequest Request, IoResult<Epoch> Epoch) : CheckpointEvent;

    /// <summary>The storage has answered a commit.</summary>
    public sealed record CommitAnswered(CheckpointId Checkpoint, IoResult<CommittedManifest> Result) : CheckpointEvent;

    /// <summary>Commit again, after a commit without an answer.</summary>
    public sealed record CommitAgain(CheckpointId Checkpoint) : CheckpointEvent;

    /// <summary>The storage has marked that the job stops with a savepoint, or has not answered.</summary>
    /// <param name="Checkpoint">The savepoint.</param>
    /// <param name="Manifest">Its manifest.</param>
    /// <param name="IsOwner">False where another coordinator has taken over.</param>
    public sealed record StopMarked(CheckpointId Checkpoint, CheckpointManifest Manifest, IoResult<bool> IsOwner) : CheckpointEvent;

    /// <summary>Mark that again, after no answer.</summary>
    public sealed record MarkStopAgain(CheckpointId Checkpoint, CheckpointManifest Manifest) : CheckpointEvent;

    /// <summary>The storage has deleted what is obsolete, or failed to.</summary>
    public sealed record Cleaned(IoResult<IReadOnlyList<StoredCheckpoint>> Deleted) : CheckpointEvent;

    /// <summary>The commit that was open when the attempt ended has been repeated.</summary>
    public sealed record CommitResolved(IoResult<CommitResult> Result) : CheckpointEvent;

    /// <summary>The checkpoints of the ended job are deleted, or that failed.</summary>
    public sealed record Discarded(Exception? Failure) : CheckpointEvent;
}

/// <summary>A manifest that was to be committed, and what became of it.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Result">The answer of the storage.</param>
internal sealed record CommittedManifest(CheckpointManifest Manifest, CommitResult Result);
