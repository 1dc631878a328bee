using System.Globalization;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Prepares the storage of a job, and finds the checkpoint that it starts from. Runs outside of actors.</summary>
/// <param name="services">What the coordinator gets from its host.</param>
/// <param name="job">The job.</param>
/// <param name="jobName">The job's name.</param>
internal sealed class JobPreparation(CoordinatorParts services, RegisteredJob job, string jobName)
{
    // Where its checkpoints are stored; empty: it takes none.
    private readonly string _address = job.Submission.Options.Checkpoints.Storage;

    /// <summary>Takes the storage over, reads the manifest of the checkpoint, and tells the registry of the job.</summary>
    /// <param name="except">Checkpoints that were found to be damaged before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DamagedCheckpointException">The named checkpoint is damaged or missing, or all that "latest" may mean are.</exception>
    /// <exception cref="StateRestoreException">The last run has ended, and left no checkpoint that "latest" may mean.</exception>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached, or another process has it.</exception>
    /// <exception cref="SettingException">"latest" needs a storage.</exception>
    public async Task<PreparedJob> RunAsync(IReadOnlySet<StoredCheckpoint> except, CancellationToken cancellationToken)
    {
        CheckpointStore? store = _address.Length == 0
            ? null
            : new CheckpointStore(_address, services.Storages.Get(_address), await services.Storages.AcquireAsync(_address).ConfigureAwait(false));
        List<DamagedCheckpointException> damaged = [];
        IReadOnlyList<StoredCheckpoint> own = job.Recoveries > 0 && store is not null
            ? [.. (await store.Storage.ListAsync(cancellationToken).ConfigureAwait(false)).Where(stored => stored.Job == job.Id)]
            : [];
        RunEnd? ended = await FindEndAsync(store, cancellationToken).ConfigureAwait(false);
        JobRestore? found = ended is null
            ? await FindStartAsync(store, own, except, damaged, cancellationToken).ConfigureAwait(false)
            : ended.Savepoint is { } savepoint
                ? (await ReadAsync(CheckpointPath.Parse(savepoint), cancellationToken).ConfigureAwait(false)) with { Path = savepoint }
                : null;
        if (ended is { Savepoint: null, Retains: false })
        {
            await CheckpointCoordinator.DiscardAsync(store!.Storage, store.Epoch, job.Id, own, cancellationToken).ConfigureAwait(false);
        }

        if (services.Registry is { } registry)
        {
            await registry.PutAsync(job, cancellationToken).ConfigureAwait(false);
        }

        return new PreparedJob(store, found, damaged) { Own = own, Ended = ended };
    }

    // The mark that this very job has ended, under a coordinator that has died before the registry forgot the job.
    private async Task<RunEnd?> FindEndAsync(CheckpointStore? store, CancellationToken cancellationToken)
    {
        RunEnd? end = job.Recoveries > 0 && store is not null
            ? await store.Storage.FindEndAsync(jobName, cancellationToken).ConfigureAwait(false)
            : null;
        return end?.Job == job.Id ? end : null;
    }

    private async Task<JobRestore?> FindStartAsync(
        CheckpointStore? store,
        IReadOnlyList<StoredCheckpoint> own,
        IReadOnlySet<StoredCheckpoint> except,
        List<DamagedCheckpointException> damaged,
        CancellationToken cancellationToken) =>
        await FindNewestAsync(store, own, except, damaged, cancellationToken).ConfigureAwait(false) ?? job.Submission.Restore switch
        {
            null => null,
            JobRestore.Latest => await FindLatestAsync(store, except, damaged, cancellationToken).ConfigureAwait(false),
            string path => await ReadAsync(CheckpointPath.Parse(path), cancellationToken).ConfigureAwait(false),
        };

    // The newest checkpoint that the job has taken under coordinators before this one.
    private static async Task<JobRestore?> FindNewestAsync(
        CheckpointStore? store,
        IReadOnlyList<StoredCheckpoint> own,
        IReadOnlySet<StoredCheckpoint> except,
        List<DamagedCheckpointException> damaged,
        CancellationToken cancellationToken)
    {
        foreach (StoredCheckpoint checkpoint in own.OrderByDescending(stored => stored.Id.Number))
        {
            try
            {
                if (!except.Contains(checkpoint))
                {
                    CheckpointManifest manifest = await store!.Storage.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
                    return new JobRestore(store.Address, manifest, PathOf(store, manifest));
                }
            }
            catch (DamagedCheckpointException e)
            {
                damaged.Add(e);
            }
        }

        return null;
    }

    private async Task<JobRestore> ReadAsync(CheckpointPath path, CancellationToken cancellationToken)
    {
        ICheckpointStorage source = services.Storages.Get(path.Storage);
        StoredCheckpoint checkpoint = await path.ResolveAsync(source, cancellationToken).ConfigureAwait(false);
        CheckpointManifest manifest = await source.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        return new JobRestore(path.Storage, manifest, CheckpointPath.Of(source, checkpoint));
    }

    private async Task<JobRestore?> FindLatestAsync(
        CheckpointStore? store, IReadOnlySet<StoredCheckpoint> except, List<DamagedCheckpointException> damaged, CancellationToken cancellationToken)
    {
        if (store is null)
        {
            throw new SettingException(
                CheckpointSettings.DirectoryName,
                "is not set, and the latest checkpoint is looked for there. Set it, or name the checkpoint's path.");
        }

        LatestCheckpointResult found = await LatestCheckpoint.FindAsync(store.Storage, jobName, except, damaged.Add, cancellationToken)
            .ConfigureAwait(false);
        if (found.Latest is { } manifest)
        {
            return new JobRestore(store.Address, manifest, PathOf(store, manifest));
        }

        if (found.End is { FallbackPath: { } path }
            && await ReadAsync(CheckpointPath.Parse(path), cancellationToken).ConfigureAwait(false) is var before
            && !except.Contains(before.Checkpoint))
        {
            return before;
        }

        if (found.End is { Retains: false, FallbackPath: null } end)
        {
            throw new StateRestoreException(Describe(store, end, found.Superseded));
        }

        if (damaged.Count + except.Count > 0)
        {
            throw new DamagedCheckpointException(
                $"No checkpoint of job '{jobName}' in {store.Storage.Address} can be read, and {damaged.Count + except.Count} are damaged. "
                + $"{(damaged.Count > 0 ? $"{damaged[0].Message} " : "")}Name the path of another one, or start the job without state.");
        }

        // Its checkpoints were kept, and somebody has deleted them.
        return found.End is { } ended ? throw new StateRestoreException(Describe(store, ended, found.Superseded)) : null;
    }

    private static string PathOf(CheckpointStore store, CheckpointManifest manifest) =>
        CheckpointPath.Of(store.Storage, new StoredCheckpoint(manifest.Job, manifest.Id));

    // The older checkpoint is named, and not taken: the run that has ended has gone on from it or done without it, and its output would be repeated.
    private static string Describe(CheckpointStore store, RunEnd end, CheckpointManifest? superseded)
    {
        string at = end.EndedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string what = end.Kind switch
        {
            RunEndKind.Stopped => $"was stopped at {at} UTC with savepoint {end.Savepoint}. Start from that",
            RunEndKind.Finished => $"finished at {at} UTC, since its input had ended. To begin anew, start without --from-savepoint",
            RunEndKind.Canceled => $"was cancelled at {at} UTC, and {Missing(store, end)}. To begin anew, start without --from-savepoint",
            _ => $"failed at {at} UTC, and {Missing(store, end)}. To begin anew, start without --from-savepoint",
        };
        string older = superseded is null
            ? ""
            : $" The newest checkpoint of an earlier run is {PathOf(store, superseded)}; starting from it would repeat output.";
        return $"There is no latest checkpoint: the last run of job '{end.JobName}' {what}, or name a checkpoint.{older}";
    }

    private static string Missing(CheckpointStore store, RunEnd end) => end.Retains
        ? $"kept its checkpoints, but they are no longer in {store.Storage.Address}: somebody has deleted them"
        : "its checkpoints were deleted (execution.checkpointing.externalized-checkpoint-retention)";
}

/// <summary>What a job needs of its storage before it is deployed.</summary>
/// <param name="Store">The storage of its checkpoints; null: it takes none.</param>
/// <param name="Restore">What it starts from; null: it starts without state.</param>
/// <param name="Damaged">Checkpoints that were skipped.</param>
internal sealed record PreparedJob(CheckpointStore? Store, JobRestore? Restore, IReadOnlyList<DamagedCheckpointException> Damaged)
{
    /// <summary>The checkpoints that the job has taken under coordinators before this one.</summary>
    public IReadOnlyList<StoredCheckpoint> Own { get; init; } = [];

    /// <summary>How the job has ended under a coordinator before this one; with a savepoint, it is <see cref="Restore"/>. Null: it has not.</summary>
    public RunEnd? Ended { get; init; }
}
