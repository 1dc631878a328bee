using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// Moves the tasks of a job to other slots: from a worker that leaves in order, or to more or fewer slots than it has. Where they cannot move while
/// others go on, the job restarts from a checkpoint that it takes for that.
/// </summary>
internal sealed partial class JobMaster
{
    // Why the tasks move, and the last checkpoint when that was known; null: they do not. Without a cause they move to more slots, if there are still
    // more when the checkpoint is complete.
    private (QueryStreamException? Cause, string? Checkpoint)? _move;

    private void OnWorkerLeaves(WorkerId worker)
    {
        if (_liveMove is { Phase: < LiveMovePhase.Deploying } placed && placed.MovesTo(worker))
        {
            AbandonMove($"worker {worker}, to which it moves subtasks, leaves too");
        }

        if (!RunsOn(worker) || JobLifeCycle.IsEnding(_status) || _end is not null)
        {
            return;
        }

        if (_liveMove is not null)
        {
            _alsoLeaving.Enqueue(worker);
            return;
        }

        // From here on, every restart takes slots anew, of workers that stay.
        _needsSlots = true;
        WorkerLeavesException cause = new(worker);
        if (_checkpoints is null || _regions.Any(region => region.HasFailed))
        {
            // There is no checkpoint to wait for: the tasks end as if the worker were lost.
            Fail(cause, _regions);
        }
        else if (_status != JobStatus.Running || ReasonNotToMoveLive is not null)
        {
            Log.NotMovedLive(_log, Graph.Name, _handle.Id, ReasonNotToMoveLive ?? "it does not run");
            MoveAfterCheckpoint(cause);
        }
        else
        {
            Drain(cause, worker);
        }
    }

    private void MoveAfterCheckpoint(QueryStreamException? cause)
    {
        _move = (cause, _checkpoints!.RestorePath);
        _checkpoints.Request();
    }

    // Not counted by the restart strategy, since nothing has failed.
    private void MoveIfCheckpointed()
    {
        if (_move is not { } move || _checkpoints!.RestorePath == move.Checkpoint)
        {
            return;
        }

        if (move.Cause is null && !CanScaleUp)
        {
            _move = null;
        }
        else if (_status == JobStatus.Running && _end is null && !_checkpoints.IsStopping && _checkpoints.StoppedWith is null
            && (move.Cause is WorkerLeavesException || !_checkpoints.HasSavepoint))
        {
            QueryStreamException cause = move.Cause ?? new JobRescaledException(_parallelism, HighestFor(_slots.Count + _freeSlots));
            Restart(cause, _regions, TimeSpan.Zero, _checkpoints.RestorePath!);
        }
    }
}
