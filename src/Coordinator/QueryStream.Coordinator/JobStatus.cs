namespace QueryStream.Coordinator;

/// <summary>The status of a job, with Flink's names.</summary>
public enum JobStatus
{
    /// <summary>Its graph is being built.</summary>
    Initializing,

    /// <summary>It waits for slots, then for its tasks to open their sources and sinks.</summary>
    Created,

    /// <summary>All of its tasks run or have finished.</summary>
    Running,

    /// <summary>It has failed, and will run again: its tasks are ending, its restart strategy's delay passes, or its tasks are deployed.</summary>
    Restarting,

    /// <summary>All of its tasks have reached the end of their input.</summary>
    Finished,

    /// <summary>It was cancelled, and its tasks are ending.</summary>
    Cancelling,

    /// <summary>It was cancelled, and its tasks have ended.</summary>
    Canceled,

    /// <summary>It failed, and its remaining tasks are ending.</summary>
    Failing,

    /// <summary>It failed, and its tasks have ended.</summary>
    Failed,
}

/// <summary>The legal changes of a job's status.</summary>
internal static class JobLifeCycle
{
    /// <summary>Whether a job may change from one status to the other.</summary>
    public static bool IsLegal(JobStatus from, JobStatus to) => from switch
    {
        // Nothing is deployed yet, so the job ends at once. It has finished if it was over when a coordinator before this one died.
        JobStatus.Initializing => to is JobStatus.Created or JobStatus.Finished or JobStatus.Canceled or JobStatus.Failed,
        JobStatus.Created => to is JobStatus.Running or JobStatus.Restarting or JobStatus.Cancelling or JobStatus.Failing,
        JobStatus.Running => to is JobStatus.Finished or JobStatus.Restarting or JobStatus.Cancelling or JobStatus.Failing,
        JobStatus.Restarting => to is JobStatus.Running or JobStatus.Cancelling or JobStatus.Failing,

        // A failure during cancellation follows from it, and cancelling does not undo a failure.
        JobStatus.Cancelling => to is JobStatus.Canceled,
        JobStatus.Failing => to is JobStatus.Failed,
        _ => false,
    };

    /// <summary>Whether the status is final.</summary>
    public static bool IsTerminal(JobStatus status) => status is JobStatus.Finished or JobStatus.Canceled or JobStatus.Failed;

    /// <summary>Whether the tasks of a job in this status are ending or have ended.</summary>
    public static bool IsEnding(JobStatus status) => status is JobStatus.Cancelling or JobStatus.Failing || IsTerminal(status);
}
