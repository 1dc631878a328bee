using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>The worker runs none of what <see cref="DeployTasks"/> asked of it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Error">Why.</param>
public sealed record DeploymentRefused(JobId Job, Attempt Attempt, ErrorInfo Error) : JobReport(Job, Attempt);
