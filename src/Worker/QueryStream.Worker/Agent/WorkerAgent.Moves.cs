using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>Moves tasks away from this worker, and tells those that stay, see docs/design/live-moves.md.</summary>
internal sealed partial class WorkerAgent
{
    // Whether a message was of a move. Each is answered, so that nobody waits for ever.
    private void OnMoveMessage(WorkerMessage message)
    {
        switch (message)
        {
            case PrepareMove prepare:
                PrepareMoveOf(prepare);
                break;
            case MoveTasks move:
                Move(move);
                break;
            case ReconnectTasks reconnect when Find(reconnect.Job, reconnect.Attempt) is HostedRegion region:
                Reconnect(region);
                break;
        }
    }

    private void PrepareMoveOf(PrepareMove prepare)
    {
        if (Find(prepare.Job, prepare.Attempt) is not { State: HostedRegionState.Running } region)
        {
            RefuseMove(prepare.Job, prepare.Attempt);
            return;
        }

        region.Move = prepare.Checkpoint;
        region.TellAll(TaskMessage.PrepareMove(new TaskMove(prepare.Checkpoint, prepare.Tasks.ToHashSet())));
        Send(new MovePrepared(prepare.Job, prepare.Attempt));
    }

    private void Move(MoveTasks move)
    {
        if (Find(move.Job, move.Attempt) is not { State: HostedRegionState.Running, Move: not null } region)
        {
            RefuseMove(move.Job, move.Attempt);
            return;
        }

        Dictionary<TaskId, Attempt> moved = move.Placement.ToDictionary(
            task => new TaskId(move.Job, task.Vertex, task.Subtask), task => task.Attempt ?? move.Attempt);
        region.Locations = region.Locations!.After(move);
        region.Depart(moved.ContainsKey);
        foreach (DeployedTask task in region.Departed)
        {
            task.Tell(TaskMessage.Cancel);
        }

        foreach (DeployedTask task in region.Tasks)
        {
            _deployer.Relocate(task, moved, region.Locations);
        }

        region.TellAll(TaskMessage.PeersMoved(moved));
        ReportMoved(region);
    }

    private void ReportMoved(HostedRegion region)
    {
        if (region.HasDeparted)
        {
            Send(new TasksMoved(region.Deployment.Job, region.Deployment.Attempt));
        }
    }

    // Until now the connections of tasks that have moved stay open: nobody must take their end for a loss.
    private void Reconnect(HostedRegion region)
    {
        region.Move = null;
        _deployer.Disconnect(region.Departed);
        region.ForgetDeparted();
        region.TellAll(TaskMessage.Reconnect);
        if (region.Tasks.Count == 0)
        {
            region.IsReleased = true;
        }

        EndIfAllTasksEnded(region);
    }

    private void RefuseMove(JobId job, Attempt attempt) => Send(new DeploymentRefused(job, attempt, ErrorInfo.From(
        new DeploymentRefusedException($"Worker {_options.Worker} runs no tasks of attempt {attempt} that could move or stay."))));
}
