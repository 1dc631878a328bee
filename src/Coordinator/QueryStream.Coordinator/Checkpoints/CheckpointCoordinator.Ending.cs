using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Marks the run as ended, and deletes its checkpoints.</summary>
internal sealed partial class CheckpointCoordinator
{
    // The limit for marking the end of the run and deleting its checkpoints, together.
    private static readonly TimeSpan DiscardLimit = TimeSpan.FromSeconds(10);

    /// <summary>The job has ended: marks that, and deletes its checkpoints, except those that are to outlast it.</summary>
    /// <param name="end">How it has ended.</param>
    /// <param name="startedFrom">The path of what it had started from; null: it had started without state.</param>
    /// <returns>Whether that takes time; then <see cref="CheckpointEvent.Discarded"/> follows.</returns>
    public bool Discard(JobStatus end, string? startedFrom)
    {
        bool retains = (end, Settings.Retention) is (JobStatus.Failed, not CheckpointRetention.NoExternalizedCheckpoints)
            or (JobStatus.Canceled, CheckpointRetention.RetainOnCancellation);
        StoredCheckpoint[] all = [.. _retained.All];
        if (retains && RestorePath is string path)
        {
            Log.CheckpointRetained(_log, _job.Graph.Name, path);
        }

        RunEnd? mark = MarkOf(end, startedFrom, retains);
        (ICheckpointStorage storage, Epoch epoch, JobId job, TimeProvider time) = (Store.Storage, Store.Epoch, _job.Id, _context.Time);
        Func<CancellationToken, Task>? delete = null;
        if (!retains && (all.Length > 0 || Statistics.Failed > 0 || _hasDropped))
        {
            _history.Discarded();
            delete = cancellationToken => DiscardAsync(storage, epoch, job, all, cancellationToken);
        }
        else if (retains && _retained.Obsolete.Count > 0)
        {
            // A cleaning that is under way may not come to its end.
            delete = NewCleanup().RunAsync;
        }

        if (mark is null && delete is null)
        {
            return false;
        }

        _context.Start(
            cancellationToken => EndAsync(cancellationToken).WaitAsync(DiscardLimit, time, cancellationToken),
            failure => new CheckpointEvent.Discarded(failure));
        return true;

        // The mark first: where the process dies between the two, the checkpoints of a run that has finished do not count any more.
        async Task EndAsync(CancellationToken cancellationToken)
        {
            bool isOwner = mark is null || await storage.MarkEndedAsync(mark, cancellationToken).ConfigureAwait(false);
            if (isOwner && delete is not null)
            {
                await delete(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Deletes the checkpoints of a job that has ended, and all that it has stored.</summary>
    public static async Task DiscardAsync(
        ICheckpointStorage storage, Epoch epoch, JobId job, IReadOnlyList<StoredCheckpoint> all, CancellationToken cancellationToken)
    {
        foreach (StoredCheckpoint checkpoint in all)
        {
            await storage.DeleteAsync(epoch, checkpoint, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<SegmentName> segments = await storage.ListSegmentsAsync(job, cancellationToken).ConfigureAwait(false);
        await storage.DeleteSegmentsAsync(epoch, job, segments, cancellationToken).ConfigureAwait(false);
    }

    // A run that was cancelled or has failed before its first checkpoint has changed nothing: its sinks have committed nothing. Where it had started
    // without state, it leaves no mark, so that the latest checkpoint is what it was; otherwise the mark leads back to what it had started from.
    private RunEnd? MarkOf(JobStatus end, string? startedFrom, bool retains)
    {
        bool isStopped = StoppedWith is not null;

        // A commit without an answer does not count: no sink was told to commit. If it succeeded and is kept, it is the latest one all the same.
        bool hasOwn = Statistics.LastCompleted is not null;
        bool goesBack = !hasOwn && !isStopped && end != JobStatus.Finished;
        if (goesBack && startedFrom is null)
        {
            return null;
        }

        RunEndKind kind = isStopped ? RunEndKind.Stopped
            : end == JobStatus.Canceled ? RunEndKind.Canceled
            : end == JobStatus.Failed ? RunEndKind.Failed
            : RunEndKind.Finished;
        return new RunEnd(_job.Graph.Name, _job.Id, Store.Epoch, kind, _context.Time.GetUtcNow())
        {
            Savepoint = StoppedWith,
            FallbackPath = goesBack ? startedFrom : null,
            Retains = retains && !isStopped,
        };
    }
}
