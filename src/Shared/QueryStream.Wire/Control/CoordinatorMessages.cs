using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>What a worker tells the coordinator. The connection identifies the worker.</summary>
public abstract record CoordinatorMessage;

/// <summary>The first message on a connection. The coordinator answers with <see cref="WorkerRegistered"/>.</summary>
/// <param name="Worker">The worker. Its new connection replaces an older one under the same name.</param>
/// <param name="Slots">How many slots it has.</param>
/// <param name="Attempts">The attempts of which it still has tasks since an earlier connection.</param>
public sealed record RegisterWorker(WorkerId Worker, int Slots, IReadOnlyList<JobAttempt> Attempts) : CoordinatorMessage;

/// <summary>One attempt of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public readonly record struct JobAttempt(JobId Job, Attempt Attempt);

/// <summary>What a worker reports about one job. The coordinator ignores reports of any but the job's current attempt.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public abstract record JobReport(JobId Job, Attempt Attempt) : CoordinatorMessage;
