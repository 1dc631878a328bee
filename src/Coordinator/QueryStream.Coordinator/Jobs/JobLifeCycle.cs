namespace QueryStream.Coordinator.Jobs;

/// <summary>Which changes of a job's status are legal.</summary>
internal static class JobLifeCycle
{
    /// <summary>Whether a job may go from one status to the other.</summary>
    public static bool IsLegal(JobStatus from, JobStatus to) => from switch
    {
        // Nothing is deployed yet, so that the end needs no waiting.
        JobStatus.Initializing => to is JobStatus.Created or JobStatus.Canceled or JobStatus.Failed,
        JobStatus.Created => to is JobStatus.Running or JobStatus.Cancelling or JobStatus.Failing,
        JobStatus.Running => to is JobStatus.Finished or JobStatus.Cancelling or JobStatus.Failing,

        // What fails while it is cancelled fails because of that; and a failure is not made undone by cancelling.
        JobStatus.Cancelling => to is JobStatus.Canceled,
        JobStatus.Failing => to is JobStatus.Failed,
        _ => false,
    };

    /// <summary>Whether a job of this status stays as it is for ever.</summary>
    public static bool IsTerminal(JobStatus status) => status is JobStatus.Finished or JobStatus.Canceled or JobStatus.Failed;

    /// <summary>Whether the tasks of a job of this status are on their way to the end.</summary>
    public static bool IsEnding(JobStatus status) => status is JobStatus.Cancelling or JobStatus.Failing || IsTerminal(status);
}
