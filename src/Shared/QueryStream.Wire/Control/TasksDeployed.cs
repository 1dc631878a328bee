using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>All that <see cref="DeployTasks"/> asked of the worker is there and waits for <see cref="RunTasks"/>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record TasksDeployed(JobId Job, Attempt Attempt) : JobReport(Job, Attempt);
