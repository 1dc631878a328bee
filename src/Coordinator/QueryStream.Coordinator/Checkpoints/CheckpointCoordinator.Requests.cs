using QueryStream.Coordinator.Jobs;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Takes checkpoints early, where an operator asks for one.</summary>
internal sealed partial class CheckpointCoordinator
{
    /// <summary>Takes a checkpoint as soon as none is under way and the minimum pause is over, and another one if it fails.</summary>
    public void Request()
    {
        _schedule.Request();
        Schedule();
    }

    /// <summary>An operator asks for a checkpoint. It is triggered as soon as none is under way and the minimum pause is over.</summary>
    public void OnRequested(CheckpointRequested request, TaskExecution task)
    {
        _history.Requested();
        Log.CheckpointRequested(_log, request.OperatorName, task.DisplayName, _job.Graph.Name, request.Reason);
        if (_pending is { } pending && Serves(pending.Savepoint) && pending.Id.Number > request.LastBarrier.Number)
        {
            // Its barrier is still to come. If it fails, the operator is told, and asks again.
            return;
        }

        _schedule.Request(task.Id);
        Schedule();
    }

    // Sinks commit nothing for a savepoint with which the job does not stop.
    private static bool Serves(SavepointRequest? savepoint) => savepoint is null or { Stop: not null };
}
