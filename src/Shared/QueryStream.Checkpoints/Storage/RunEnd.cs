using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>How a run of a job has ended. The numbers are stored.</summary>
public enum RunEndKind
{
    /// <summary>Its input has ended.</summary>
    Finished = 1,

    /// <summary>It was cancelled.</summary>
    Canceled = 2,

    /// <summary>It was stopped with a savepoint.</summary>
    Stopped = 3,

    /// <summary>It has failed, and was not restarted.</summary>
    Failed = 4,
}

/// <summary>
/// The mark that a run of a job has ended. It keeps the checkpoints of earlier runs from being taken for the latest one, which would repeat output.
/// See docs/design/checkpoint-format.md.
/// </summary>
/// <param name="JobName">The job's name.</param>
/// <param name="Job">The run.</param>
/// <param name="Epoch">The epoch of its coordinator.</param>
/// <param name="Kind">How it has ended.</param>
/// <param name="EndedAt">When.</param>
public sealed record RunEnd(string JobName, JobId Job, Epoch Epoch, RunEndKind Kind, DateTimeOffset EndedAt)
{
    private const int MaxEndedBefore = 1_000;

    /// <summary>The path of the savepoint with which it was stopped; null: none.</summary>
    public string? Savepoint { get; init; }

    /// <summary>The path of what it had started from, if it has completed no checkpoint of its own; else null.</summary>
    public string? FallbackPath { get; init; }

    /// <summary>Whether its own checkpoints are kept, so that the newest of them is the latest one.</summary>
    public bool Retains { get; init; }

    /// <summary>Runs of the same name that have ended before under the same epoch, which does not tell which of them was first.</summary>
    public IReadOnlyList<JobId> EndedBefore { get; init; } = [];

    /// <summary>The mark with what it must know of the one that it replaces.</summary>
    /// <param name="previous">The stored mark of the same name; null: none.</param>
    public RunEnd After(RunEnd? previous) =>
        previous?.Job == Job ? this with { EndedBefore = previous.EndedBefore }
        : previous?.Epoch == Epoch ? this with { EndedBefore = [.. previous.EndedBefore.Append(previous.Job).TakeLast(MaxEndedBefore)] }
        : this;

    /// <summary>The mark that a new one replaces: none where it is damaged, since the new one is right whatever it was.</summary>
    public static async Task<RunEnd?> ReplacedAsync(ICheckpointStorage storage, string jobName, CancellationToken cancellationToken)
    {
        try
        {
            return await storage.FindEndAsync(jobName, cancellationToken).ConfigureAwait(false);
        }
        catch (DamagedCheckpointException)
        {
            return null;
        }
    }

    /// <summary>Whether a checkpoint of the same job name is of an earlier run, or of this one and not kept.</summary>
    public bool Supersedes(CheckpointManifest checkpoint) => checkpoint.Job == Job
        ? !Retains
        : checkpoint.Epoch.CompareTo(Epoch) < 0 || (checkpoint.Epoch == Epoch && EndedBefore.Contains(checkpoint.Job));
}
