using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>The legal changes of a task's state, as the coordinator sees them.</summary>
internal static class TaskLifeCycle
{
    /// <summary>Whether a task may change from one state to the other.</summary>
    public static bool IsLegal(ExecutionState from, ExecutionState to) => from switch
    {
        ExecutionState.Created => to is ExecutionState.Scheduled or ExecutionState.Canceled,
        ExecutionState.Scheduled => to is ExecutionState.Deploying or ExecutionState.Canceled,

        // Canceled without Canceling: a worker that refuses a deployment has no task, and one that leaves has cancelled its tasks itself.
        ExecutionState.Deploying => to is ExecutionState.Initializing or ExecutionState.Canceling or ExecutionState.Canceled or ExecutionState.Failed,

        // Finished without Running: a task without input may end before it reports that it runs.
        ExecutionState.Initializing =>
            to is ExecutionState.Running or ExecutionState.Finished or ExecutionState.Canceling or ExecutionState.Canceled or ExecutionState.Failed,
        ExecutionState.Running => to is ExecutionState.Finished or ExecutionState.Canceling or ExecutionState.Canceled or ExecutionState.Failed,

        // Finished: it may have ended by itself before it was told to cancel.
        ExecutionState.Canceling => to is ExecutionState.Canceled or ExecutionState.Finished or ExecutionState.Failed,
        _ => false,
    };

    /// <summary>Whether the state is final.</summary>
    public static bool IsTerminal(ExecutionState state) => state is ExecutionState.Finished or ExecutionState.Canceled or ExecutionState.Failed;
}
