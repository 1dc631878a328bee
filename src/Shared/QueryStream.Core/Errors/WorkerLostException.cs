using QueryStream.Core.Identity;

namespace QueryStream.Core.Errors;

/// <summary>A worker went away while it had tasks of a job.</summary>
/// <param name="worker">The worker.</param>
/// <param name="tasks">How many tasks of the job it had.</param>
public sealed class WorkerLostException(WorkerId worker, int tasks) : QueryStreamException(
    $"Worker {worker} left the cluster while it had {tasks} tasks of the job. Its log says why, if it could still write.")
{
    /// <summary>The worker.</summary>
    public WorkerId Worker { get; } = worker;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.WorkerLost;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
