using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>What a worker tells about one job. Of any but the job's current attempt it is ignored.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt that it is about.</param>
public abstract record JobReport(JobId Job, Attempt Attempt) : CoordinatorMessage;
