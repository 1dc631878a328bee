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
    /// A barrier has passed the task: all rows from before it are processed, and what was written for them is acknowledged. A task that
    /// finishes says this first, of checkpoint 0: it has nothing to say of any later one.
    /// </summary>
    void Snapshotted(TaskSnapshot snapshot, Attempt attempt);

    /// <summary>The task threw, or something that it needs is not there.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="operatorName">The operator in whose code it happened.</param>
    /// <param name="cause">What was thrown.</param>
    void Failed(TaskId task, Attempt attempt, string operatorName, Exception cause);

    /// <summary>The task was cancelled and has closed its sources and sinks.</summary>
    void Canceled(TaskId task, Attempt attempt);
}
