using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;

namespace QueryStream.Coordinator;

/// <summary>How a job ended.</summary>
/// <param name="Status">Finished, Canceled or Failed.</param>
/// <param name="Failure">
/// The cause of Failed, else null. Where a task threw, it is a <see cref="TaskFailedException"/> with the thrown exception as its inner one.
/// </param>
/// <param name="Metrics">The job's final metrics.</param>
public sealed record JobResult(JobStatus Status, QueryStreamException? Failure, JobMetrics Metrics)
{
    /// <summary>Its checkpoints.</summary>
    public CheckpointStatistics Checkpoints { get; init; } = new();

    /// <summary>How often it was restarted.</summary>
    public int Restarts { get; init; }
}
