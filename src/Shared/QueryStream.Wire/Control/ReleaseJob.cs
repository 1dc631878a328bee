using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>The job has ended: forget what is kept for its next attempt.</summary>
/// <param name="Job">The job.</param>
public sealed record ReleaseJob(JobId Job) : WorkerMessage;
