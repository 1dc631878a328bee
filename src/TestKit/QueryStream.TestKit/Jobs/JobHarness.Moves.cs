using QueryStream.Core.Identity;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;

namespace QueryStream.TestKit.Jobs;

/// <content>Moves subtasks while the others go on.</content>
public sealed partial class JobHarness
{
    /// <summary>
    /// Moves subtasks with a checkpoint, as a cluster does when a worker leaves: they stop behind its barrier, others take their place, and
    /// the subtasks that do not move go on all the time.
    /// </summary>
    /// <param name="moves">Which subtasks.</param>
    /// <param name="meanwhile">Called when they have stopped, and again before the others take their place; null: nothing happens meanwhile.</param>
    /// <param name="wait">As that of <see cref="Snapshot"/>.</param>
    /// <returns>Whether they moved: false if a task has ended, or if the barrier did not pass all tasks.</returns>
    public bool Move(Predicate<TaskId> moves, Action? meanwhile = null, Action? wait = null)
    {
        IReadOnlySet<TaskId> moving = BeginMove(moves, wait, out CheckpointId checkpoint);
        if (_run.Outcomes.Count > 0 || _run.Missing(checkpoint).Length > 0)
        {
            _run.Tell(TaskMessage.CheckpointAborted(checkpoint));
            Executor.RunUntilIdle();
            return false;
        }

        meanwhile?.Invoke();
        HarnessSnapshot snapshot = new(_run.CompleteSnapshot(checkpoint), _segments);
        _run.Tell(TaskMessage.CheckpointCompleted(checkpoint));
        Attempt attempt = new(_attempts++);
        _run.Depart(moving, attempt);
        Executor.RunUntilIdle();
        meanwhile?.Invoke();
        _run.Arrive(moving, attempt, snapshot.State);
        Executor.RunUntilIdle();
        return true;
    }

    /// <summary>Begins to move subtasks, and aborts the checkpoint when they have stopped: they go on where they are.</summary>
    /// <param name="moves">Which subtasks.</param>
    /// <param name="meanwhile">Called when they have stopped.</param>
    public void MoveInVain(Predicate<TaskId> moves, Action meanwhile)
    {
        ArgumentNullException.ThrowIfNull(meanwhile);
        BeginMove(moves, wait: null, out CheckpointId checkpoint);
        meanwhile();
        _run.Tell(TaskMessage.CheckpointAborted(checkpoint));
        Executor.RunUntilIdle();
    }

    private HashSet<TaskId> BeginMove(Predicate<TaskId> moves, Action? wait, out CheckpointId checkpoint)
    {
        ArgumentNullException.ThrowIfNull(moves);
        IsPinned = true;
        HashSet<TaskId> moving = [.. _run.Tasks.Where(task => moves(task))];
        checkpoint = new(++_checkpoints);
        _run.PrepareMove(checkpoint, moving);
        _run.BeginSnapshot(checkpoint, SnapshotStop.None);
        Executor.RunUntilIdle();
        WaitForParts(checkpoint, wait);
        return moving;
    }
}
