using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>End the tasks of the attempt, without closing windows. Each task that is deployed, or was to be, reports its end.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record CancelTasks(JobId Job, Attempt Attempt) : WorkerMessage;
