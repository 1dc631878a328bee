using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Registry;

/// <summary>
/// Remembers the jobs that have not ended, so that a coordinator resumes them after its own death, or another one does. Safe on any thread.
/// </summary>
public interface IJobRegistry
{
    /// <summary>The jobs that have not ended.</summary>
    /// <exception cref="Core.Errors.CheckpointStorageException">The registry cannot be read.</exception>
    Task<RegisteredJobs> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Adds a job, or replaces what is known of it. Durable when it completes.</summary>
    /// <exception cref="Core.Errors.CheckpointStorageException">The registry cannot be written.</exception>
    Task PutAsync(RegisteredJob job, CancellationToken cancellationToken);

    /// <summary>Forgets a job that has ended.</summary>
    /// <exception cref="Core.Errors.CheckpointStorageException">The registry cannot be written.</exception>
    Task RemoveAsync(JobId job, CancellationToken cancellationToken);
}

/// <summary>The jobs that have not ended.</summary>
/// <param name="Jobs">Those that can be read.</param>
/// <param name="Damaged">How many cannot. They are logged and left alone, and somebody may repair them.</param>
public sealed record RegisteredJobs(IReadOnlyList<RegisteredJob> Jobs, int Damaged)
{
    /// <summary>No jobs.</summary>
    public static RegisteredJobs None { get; } = new([], Damaged: 0);
}

/// <summary>A job that has not ended.</summary>
/// <param name="Id">Its id, which it keeps.</param>
/// <param name="Submission">What was submitted.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
/// <param name="Recoveries">
/// How often a coordinator has resumed it. Attempts of each time have numbers above those of all times before, so that receivers refuse what tasks of
/// earlier attempts still send.
/// </param>
public sealed record RegisteredJob(JobId Id, JobSubmission Submission, DateTimeOffset SubmittedAt, int Recoveries)
{
    /// <summary>The number of attempts between two recoveries.</summary>
    internal const int AttemptsPerRecovery = 1 << 16;

    /// <summary>The first attempt after the last recovery.</summary>
    internal Attempt FirstAttempt => new(checked(Recoveries * AttemptsPerRecovery));
}
