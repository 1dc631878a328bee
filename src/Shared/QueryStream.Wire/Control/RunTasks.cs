using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>All tasks of the attempt are deployed on their workers: connect them, open sources and sinks, run.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record RunTasks(JobId Job, Attempt Attempt) : WorkerMessage;
