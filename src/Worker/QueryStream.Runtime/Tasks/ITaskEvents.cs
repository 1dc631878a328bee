using QueryStream.Core.Identity;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>Told of a task's fate. Called in turns of the task: must not block; each task ends with exactly one of the last three.</summary>
public interface ITaskEvents
{
    /// <summary>The task has opened its sources and sinks and processes rows.</summary>
    void Running(TaskId task, Attempt attempt);

    /// <summary>The task has come to the end of its input, and all that it wrote is acknowledged.</summary>
    void Finished(TaskId task, Attempt attempt);

    /// <summary>
    /// A barrier has passed the task and its state is written: all rows from before the barrier are processed, and what was sent to sinks for them is
    /// acknowledged. A task that finishes reports its last state first, for checkpoint 0: it takes part in no later one.
    /// </summary>
    void Snapshotted(TaskSnapshot snapshot, Attempt attempt);

    /// <summary>The state of a task could not be written, or the checkpoint was aborted. The task goes on.</summary>
    /// <param name="task">The task.</param>
    /// <param name="checkpoint">The checkpoint, which can no longer complete.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="operatorName">The operator whose state was being written.</param>
    /// <param name="cause">What was thrown.</param>
    void SnapshotFailed(TaskId task, CheckpointId checkpoint, Attempt attempt, string operatorName, Exception cause);

    /// <summary>The task threw, or something that it needs is not there.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="operatorName">The operator in whose code it happened.</param>
    /// <param name="cause">What was thrown.</param>
    void Failed(TaskId task, Attempt attempt, string operatorName, Exception cause);

    /// <summary>The task was cancelled and has closed its sources and sinks.</summary>
    void Canceled(TaskId task, Attempt attempt);
}

/// <summary>The life of a task. It only moves forward.</summary>
internal enum TaskState
{
    /// <summary>There, and waiting for the other tasks of the attempt.</summary>
    Deployed,

    /// <summary>Its sources and sinks connect.</summary>
    Opening,

    /// <summary>It processes rows.</summary>
    Running,

    /// <summary>It has come to the end of its input.</summary>
    Finished,

    /// <summary>It was told to end.</summary>
    Canceled,

    /// <summary>It threw.</summary>
    Failed,
}
