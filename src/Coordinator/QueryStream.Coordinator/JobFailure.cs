using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>A failure of a job, after which it restarted or ended. Immutable.</summary>
/// <param name="At">When the job's master has noticed it.</param>
/// <param name="Cause">What failed.</param>
public sealed record JobFailure(DateTimeOffset At, QueryStreamException Cause)
{
    /// <summary>How many a job keeps: the newest ones, as Flink does.</summary>
    public const int MaxKept = 16;

    /// <summary>The task that threw, for people, with its attempt; null where no task did.</summary>
    public string? Task { get; init; }

    /// <summary>The worker on which it ran, or that was lost; null: none is known.</summary>
    public WorkerId? Worker { get; init; }

    /// <summary>The number of the restart that followed, from 1; null: the job has failed for good.</summary>
    public int? Restart { get; init; }
}
