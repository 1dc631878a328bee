using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Moves the tasks of workers that leave in order: the job restarts on others from a checkpoint that it takes for that.</summary>
internal sealed partial class JobMaster
{
    // The worker that leaves, and the last checkpoint when it said so; null: none leaves.
    private (WorkerId Worker, string? Checkpoint)? _leaving;

    private void OnWorkerLeaves(WorkerId worker)
    {
        if (!Executions.Any(execution => execution.Find(worker) is not null) || JobLifeCycle.IsEnding(_status) || _end is not null)
        {
            return;
        }

        // From here on, every restart takes slots anew, of workers that stay.
        _needsSlots = true;
        if (_checkpoints is null)
        {
            // There is nothing to wait for: the tasks end as if the worker were lost.
            Fail(new WorkerLeavesException(worker), _regions);
        }
        else
        {
            _leaving = (worker, _checkpoints.RestorePath);
            _checkpoints.Request();
        }
    }

    // Not counted by the restart strategy, since nothing has failed.
    private void MoveIfCheckpointed()
    {
        if (_leaving is not { } leaving || _checkpoints!.RestorePath == leaving.Checkpoint)
        {
            return;
        }

        if (_status == JobStatus.Running && _end is null && !_checkpoints.IsStopping && _checkpoints.StoppedWith is null)
        {
            Restart(new WorkerLeavesException(leaving.Worker), _regions, TimeSpan.Zero, _checkpoints.RestorePath!);
        }
    }
}
