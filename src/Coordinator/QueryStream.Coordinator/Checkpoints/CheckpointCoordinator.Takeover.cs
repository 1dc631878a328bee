using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Goes on where a coordinator before this one has died, see docs/design/adoption.md.</summary>
internal sealed partial class CheckpointCoordinator
{
    // How many checkpoints a worker may have missed that another one was told of.
    private const int MaxUnknown = 16;

    /// <summary>The job goes on under its id after the death of its coordinator: what that one retained is retained or deleted by this one.</summary>
    /// <param name="own">All checkpoints of the job that the storage holds.</param>
    /// <param name="restored">What the job starts from; null: without state.</param>
    /// <param name="stopped">The savepoint with which that one has stopped the job; null: it has not.</param>
    public void TakeOver(IReadOnlyList<StoredCheckpoint> own, CheckpointManifest? restored, JobRestore? stopped)
    {
        if (stopped is not null)
        {
            StoppedWith = stopped.Path;
            _history.TakenOver(stopped.Manifest, stopped.Path);
        }

        foreach (StoredCheckpoint checkpoint in own)
        {
            if (stopped is null && checkpoint.Id == restored?.Id)
            {
                _retained.Add(restored);
                _history.TakenOver(restored, PathOf(restored.Id));
            }
            else
            {
                _retained.MarkObsolete(checkpoint.Id);
            }
        }
    }

    /// <summary>
    /// The tasks of the job go on under this coordinator: they learn what has become of the checkpoints whose outcome they may not know. The next
    /// ones have higher numbers.
    /// </summary>
    /// <param name="last">The last checkpoint that each worker was told of.</param>
    /// <param name="final">The final snapshots of tasks that have finished.</param>
    public void Adopt(IReadOnlyCollection<CheckpointId> last, IEnumerable<TaskSnapshot> final)
    {
        foreach (TaskSnapshot snapshot in final)
        {
            _final[snapshot.Task] = snapshot;
        }

        long newest = last.Max(checkpoint => checkpoint.Number);
        long complete = (StoppedWith is null ? _retained.Latest?.Id : Statistics.LastSavepoint!.Id)?.Number ?? 0;
        if (complete > 0)
        {
            _owner.TellTasks(attempt => new CheckpointCompleted(_job.Id, attempt, new CheckpointId(complete)));
        }

        // At most one was under way, and each worker knows the outcome of all before the last one that it was told of.
        for (long id = Math.Max(complete, Math.Max(last.Min(checkpoint => checkpoint.Number), newest - MaxUnknown) - 1) + 1; id <= newest; id++)
        {
            CheckpointId aborted = new(id);
            _owner.TellTasks(attempt => new CheckpointAborted(_job.Id, attempt, aborted));
        }

        _nextId = Math.Max(_nextId, newest + 1);
    }
}
