using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Which changes of a task's state are legal, as the coordinator sees them.</summary>
internal static class TaskLifeCycle
{
    /// <summary>Whether a task may go from one state to the other.</summary>
    public static bool IsLegal(TaskState from, TaskState to) => from switch
    {
        TaskState.Created => to is TaskState.Scheduled or TaskState.Canceled,
        TaskState.Scheduled => to is TaskState.Deploying or TaskState.Canceled,

        // Canceled without a stop at Canceling: a worker that refuses has no task to wait for, one that leaves has cancelled by itself.
        TaskState.Deploying => to is TaskState.Initializing or TaskState.Canceling or TaskState.Canceled or TaskState.Failed,

        // Finished at once: a task without input may end before the report that it runs.
        TaskState.Initializing => to is TaskState.Running or TaskState.Finished or TaskState.Canceling or TaskState.Canceled or TaskState.Failed,
        TaskState.Running => to is TaskState.Finished or TaskState.Canceling or TaskState.Canceled or TaskState.Failed,

        // It may have come to its own end before it was told to.
        TaskState.Canceling => to is TaskState.Canceled or TaskState.Finished or TaskState.Failed,
        _ => false,
    };

    /// <summary>Whether a task of this state stays as it is for ever.</summary>
    public static bool IsTerminal(TaskState state) => state is TaskState.Finished or TaskState.Canceled or TaskState.Failed;
}
