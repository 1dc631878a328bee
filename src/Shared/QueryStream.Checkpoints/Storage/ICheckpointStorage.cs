using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// A place where checkpoints of jobs are stored: a directory or Redis. One coordinator at a time writes manifests and deletes, under its epoch;
/// workers write segments. All members may be called on any thread. Storage that is unreachable or refuses throws
/// <see cref="CheckpointStorageException"/>, and damage throws <see cref="DamagedCheckpointException"/>; absence is neither.
/// </summary>
public interface ICheckpointStorage : IAsyncDisposable
{
    /// <summary>Its address, without passwords, for logs and errors.</summary>
    string Address { get; }

    /// <summary>
    /// Takes the storage over: raises its epoch, after which nothing of an older epoch is committed or deleted. Called once, before all that takes
    /// an epoch.
    /// </summary>
    /// <returns>The epoch of the caller.</returns>
    /// <exception cref="CheckpointStorageException">Another process holds a storage that only one may hold.</exception>
    Task<Epoch> AcquireAsync(CancellationToken cancellationToken);

    /// <summary>The segments of a job.</summary>
    ISegments SegmentsOf(JobId job);

    /// <summary>Where a segment is stored, for people: a file's path, or a key.</summary>
    string PlaceOf(JobId job, SegmentName segment);

    /// <summary>
    /// Completes a checkpoint: from then on it is found, even after a crash. Its segments must be stored, and are looked for: a server that was
    /// restarted, or a directory that was cleared, may have lost some that earlier checkpoints have stored. Repeating it after a lost response is
    /// safe.
    /// </summary>
    Task<CommitResult> CommitAsync(CheckpointManifest manifest, CancellationToken cancellationToken);

    /// <summary>The complete checkpoints of all jobs, in no order. Checkpoints whose commit was interrupted are not included.</summary>
    Task<IReadOnlyList<StoredCheckpoint>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="DamagedCheckpointException">It is damaged or missing.</exception>
    Task<CheckpointManifest> ReadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Deletes a manifest, and none of its segments.</summary>
    /// <returns>False where a newer epoch has taken over.</returns>
    Task<bool> DeleteAsync(Epoch epoch, StoredCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>The segments that are stored for a job, also those that no manifest names.</summary>
    Task<IReadOnlyList<SegmentName>> ListSegmentsAsync(JobId job, CancellationToken cancellationToken);

    /// <summary>Deletes segments. Those that are gone already are no error.</summary>
    /// <returns>False where a newer epoch has taken over.</returns>
    Task<bool> DeleteSegmentsAsync(Epoch epoch, JobId job, IReadOnlyList<SegmentName> segments, CancellationToken cancellationToken);

    /// <summary>
    /// Marks a run of a job as ended. The mark replaces that of the last run with the same name, so there is one for each name. It survives a crash,
    /// and repeating it is safe.
    /// </summary>
    /// <returns>False where a newer epoch has taken over; then nothing was written.</returns>
    Task<bool> MarkEndedAsync(RunEnd end, CancellationToken cancellationToken);

    /// <summary>The mark of the last run with a job's name that has ended; null: there is no mark.</summary>
    /// <exception cref="DamagedCheckpointException">It is damaged.</exception>
    Task<RunEnd?> FindEndAsync(string jobName, CancellationToken cancellationToken);
}

/// <summary>Names a complete checkpoint in a storage.</summary>
/// <param name="Job">The job that took it.</param>
/// <param name="Id">The checkpoint.</param>
public readonly record struct StoredCheckpoint(JobId Job, CheckpointId Id);

/// <summary>What became of a commit.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>The checkpoint is complete.</summary>
    public sealed record Committed : CommitResult;

    /// <summary>Nothing was written, since another coordinator has taken over: the caller must stop.</summary>
    /// <param name="By">Its epoch.</param>
    public sealed record Fenced(Epoch By) : CommitResult;

    /// <summary>Nothing was written, since a segment of the checkpoint is not stored, or no longer.</summary>
    /// <param name="Missing">Where it was looked for, for people.</param>
    public sealed record Incomplete(string Missing) : CommitResult;
}
