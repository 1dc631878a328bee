using QueryStream.Checkpoints.Snapshots;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Moves tasks to other slots while the others of the region go on, see docs/design/live-moves.md.</summary>
internal sealed partial class RegionExecution
{
    // They have moved, and have not ended where they were.
    private readonly List<TaskExecution> _departing = [];

    /// <summary>The tasks that have moved since the last move was over, and that may not have ended where they were.</summary>
    public IReadOnlyList<TaskExecution> Departing => _departing;

    // That of the tasks that have moved and do not run yet; null: nothing moves.
    private Attempt? _arriving;

    /// <summary>Tells the workers which tasks move with a checkpoint.</summary>
    /// <returns>Who is to answer; nobody where none of them moves.</returns>
    public IReadOnlyList<(WorkerId Worker, Attempt Attempt)> PrepareMove(CheckpointId checkpoint, IReadOnlyList<TaskExecution> moving)
    {
        if (moving.Count == 0)
        {
            return [];
        }

        TaskId[] tasks = [.. moving.Select(task => task.Id)];
        return Ask((_, attempt) => new PrepareMove(Job, attempt, checkpoint, tasks));
    }

    /// <summary>
    /// Tasks move: their successors are deployed in their new slots, those that were there are cancelled, and all others are told. Their counts are
    /// lost here, so the caller adds them to those of earlier attempts.
    /// </summary>
    /// <param name="slots">The slots of the job, with the new ones.</param>
    /// <param name="parts">What each task has stored for the checkpoint with which it moves.</param>
    /// <param name="deployment">Deploys the successors in an attempt of their own, but for the placement.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Who is to answer.</returns>
    public IReadOnlyList<(WorkerId Worker, Attempt Attempt)> Move(
        IReadOnlyList<AllocatedSlot> slots,
        IReadOnlyDictionary<TaskId, TaskSnapshot> parts,
        DeployTasks deployment,
        TimeProvider time)
    {
        Attempt attempt = deployment.Attempt;
        _arriving = attempt;
        foreach (TaskExecution task in _tasks.Where(task => parts.ContainsKey(task.Id)).ToArray())
        {
            TaskExecution next = new(Job, attempt, task.Vertex, task.Id.Subtask, time) { Region = Attempt };
            _tasks[_tasks.IndexOf(task)] = next;
            _byId.Add((next.Id, attempt), next);
            _departing.Add(task);
            task.TryMoveTo(ExecutionState.Canceling);
            Place(next, slots[task.Vertex.FirstSlot + task.Id.Subtask]);
            next.TryMoveTo(ExecutionState.Deploying);
        }

        deployment = deployment with { Placement = PlacementFor(attempt), Workers = Locations, Region = Attempt };
        TaskPlacement[] moved =
        [
            .. _tasks.Where(task => task.Attempt == attempt)
                .Select(task => new TaskPlacement(task.Vertex.Id, task.Id.Subtask, task.Slot!.Value, attempt)),
        ];
        return Ask((worker, one) => one == attempt
            ? deployment with { Moved = [.. TasksOn(worker.Id).Where(task => task.Attempt == attempt).Select(task => parts[task.Id])] }
            : new MoveTasks(Job, one, moved) { Workers = Locations });
    }

    /// <summary>All have answered: the successors run, and the others connect to them. Workers without tasks of the region are forgotten.</summary>
    public void Reconnect()
    {
        if (_arriving is not { } attempt)
        {
            return;
        }

        _arriving = null;
        foreach (TaskExecution task in _tasks.Where(task => task.Attempt == attempt))
        {
            task.TryMoveTo(ExecutionState.Initializing);
        }

        TellEach((_, one) => one == attempt ? new RunTasks(Job, one) : new ReconnectTasks(Job, one));
        foreach (TaskExecution gone in _departing)
        {
            _byId.Remove((gone.Id, gone.Attempt));
        }

        _departing.Clear();
        _workers.ForEach(worker => worker.IsDeployed = true);
        _workers.RemoveAll(worker => !TasksOn(worker.Id).Any());
    }

    private List<(WorkerId Worker, Attempt Attempt)> Ask(Func<AssignedWorker, Attempt, WorkerMessage> message)
    {
        List<(WorkerId Worker, Attempt Attempt)> asked = [];
        TellEach((worker, attempt) =>
        {
            asked.Add((worker.Id, attempt));
            return message(worker, attempt);
        });
        return asked;
    }
}
