using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>
/// Make the tasks that are placed on you, and let them wait for <see cref="RunTasks"/>: a task may send to any other of its
/// attempt as soon as it runs. Answered by <see cref="TasksDeployed"/> or <see cref="DeploymentRefused"/>.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt; it ends what the worker still has of an earlier one.</param>
/// <param name="Plan">What the worker builds the graph from.</param>
/// <param name="Placement">Where every task of the attempt is, those of other workers included.</param>
public sealed record DeployTasks(JobId Job, Attempt Attempt, JobPlan Plan, IReadOnlyList<TaskPlacement> Placement) : WorkerMessage;
