using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Takes checkpoints early, where an operator asks for one.</summary>
internal sealed partial class CheckpointCoordinator
{
    // The delay before a requested checkpoint after a failed one. It doubles with each failure, so that an unavailable storage is not called all the
    // time.
    private static readonly TimeSpan RequestRetryDelay = TimeSpan.FromSeconds(1);
    private const int MaxRequestRetryDoublings = 6;

    // The tasks whose operators wait for a checkpoint that has not been triggered yet.
    private readonly HashSet<TaskId> _requests = [];

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

        _requests.Add(task.Id);
        Schedule();
    }

    // Sinks commit nothing for a savepoint with which the job does not stop.
    private static bool Serves(SavepointRequest? savepoint) => savepoint is null or { Stop: not null };

    // The time until a checkpoint that an operator has asked for.
    private TimeSpan RequestedIn()
    {
        if (Statistics.ConsecutiveFailures == 0 || _endedAt is not long ended)
        {
            return TimeSpan.Zero;
        }

        int doublings = (int)Math.Min(Statistics.ConsecutiveFailures - 1, MaxRequestRetryDoublings);
        return (RequestRetryDelay * (1 << doublings)) - _context.Time.GetElapsedTime(ended);
    }
}
