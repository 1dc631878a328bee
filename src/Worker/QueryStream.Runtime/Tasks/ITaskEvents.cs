using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// The events of tasks. Called in turns of the task, so it must not block. Each task ends with exactly one of <see cref="Finished"/>,
/// <see cref="Failed"/> and <see cref="Canceled"/>.
/// </summary>
public interface ITaskEvents
{
    /// <summary>The task has opened its sources and sinks, and processes rows.</summary>
    void Running(TaskId task, Attempt attempt);

    /// <summary>The input of the task has ended, and all rows that it wrote are acknowledged.</summary>
    void Finished(TaskId task, Attempt attempt);

    /// <summary>
    /// A barrier has passed the task and its state is written: all rows before the barrier are processed, and what sinks have written for them is
    /// acknowledged. Before a task finishes, it reports its final snapshot for checkpoint 0, which stands for all later checkpoints.
    /// </summary>
    void Snapshotted(TaskSnapshot snapshot, Attempt attempt);

    /// <summary>The state of a task could not be written. The task continues. Not called for aborted checkpoints.</summary>
    /// <param name="task">The task.</param>
    /// <param name="checkpoint">The checkpoint, which can no longer complete.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="operatorName">The operator whose state was being written.</param>
    /// <param name="cause">What was thrown.</param>
    void SnapshotFailed(TaskId task, CheckpointId checkpoint, Attempt attempt, string operatorName, Exception cause);

    /// <summary>An operator requests a checkpoint before the next one is due.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="lastBarrier">The last barrier that has reached the task; any later checkpoint fulfills the request. 0: none.</param>
    /// <param name="operatorName">The operator.</param>
    /// <param name="reason">Why.</param>
    void CheckpointRequested(TaskId task, Attempt attempt, CheckpointId lastBarrier, string operatorName, string reason);

    /// <summary>The task has failed.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="operatorName">The operator in whose code it happened.</param>
    /// <param name="cause">What was thrown.</param>
    void Failed(TaskId task, Attempt attempt, string operatorName, Exception cause);

    /// <summary>The task was cancelled and has closed its sources and sinks.</summary>
    void Canceled(TaskId task, Attempt attempt);
}
