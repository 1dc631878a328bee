using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>An attempt of a job that a worker holds tasks of.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public readonly record struct HeldJob(JobId Job, Attempt Attempt);
