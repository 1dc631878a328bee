using QueryStream.Core.Errors;

namespace QueryStream.Coordinator;

/// <summary>How a job ended.</summary>
/// <param name="Status">Finished, Canceled or Failed.</param>
/// <param name="Failure">
/// Of Failed: why; a <see cref="TaskFailedException"/> where a task threw, with what it threw as its inner exception. Else null.
/// </param>
/// <param name="Metrics">What it has counted: final.</param>
public sealed record JobResult(JobStatus Status, QueryStreamException? Failure, JobMetrics Metrics);
