using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>The stored checkpoint from which a job starts.</summary>
/// <param name="Address">The address of its storage.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Path">Its path, for people.</param>
internal sealed record JobRestore(string Address, CheckpointManifest Manifest, string Path)
{
    /// <summary>What asks for the latest checkpoint instead of naming one.</summary>
    public const string Latest = "latest";

    public StoredCheckpoint Checkpoint => new(Manifest.Job, Manifest.Id);

    public RestorePlan Plan => new(Address, Manifest.Job, Manifest.Id);
}

/// <summary>What a job needs of its storage before it is deployed.</summary>
/// <param name="Store">The storage of its checkpoints; null: it takes none.</param>
/// <param name="Restore">What it starts from; null: it starts without state.</param>
/// <param name="Damaged">Checkpoints that were passed over.</param>
internal sealed record PreparedJob(CheckpointStore? Store, JobRestore? Restore, IReadOnlyList<DamagedCheckpointException> Damaged);

/// <summary>Prepares the storage of a job, and finds the checkpoint that it starts from. Runs outside of actors.</summary>
/// <param name="storages">The storages of this process.</param>
/// <param name="storage">The address for its checkpoints; empty: it takes none.</param>
/// <param name="restore">The path of a checkpoint, or "latest"; null: it starts without state.</param>
/// <param name="jobName">The job's name.</param>
internal sealed class JobPreparation(CheckpointStorages storages, string storage, string? restore, string jobName)
{
    /// <summary>Takes the storage over, and reads the manifest of the checkpoint.</summary>
    /// <param name="except">Checkpoints that were found to be damaged before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DamagedCheckpointException">The named checkpoint is damaged or missing, or all that "latest" may mean are.</exception>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached, or another process has it.</exception>
    /// <exception cref="SettingException">"latest" needs a storage.</exception>
    public async Task<PreparedJob> RunAsync(IReadOnlySet<StoredCheckpoint> except, CancellationToken cancellationToken)
    {
        CheckpointStore? store = storage.Length == 0
            ? null
            : new CheckpointStore(storage, storages.Get(storage), await storages.AcquireAsync(storage).ConfigureAwait(false));
        List<DamagedCheckpointException> damaged = [];
        JobRestore? found = restore switch
        {
            null => null,
            JobRestore.Latest => await FindLatestAsync(store, except, damaged, cancellationToken).ConfigureAwait(false),
            _ => await ReadAsync(CheckpointPath.Parse(restore), cancellationToken).ConfigureAwait(false),
        };
        return new PreparedJob(store, found, damaged);
    }

    private async Task<JobRestore> ReadAsync(CheckpointPath path, CancellationToken cancellationToken)
    {
        ICheckpointStorage source = storages.Get(path.Storage);
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

        CheckpointManifest? manifest = await LatestCheckpoint.FindAsync(store.Storage, jobName, except, damaged.Add, cancellationToken)
            .ConfigureAwait(false);
        if (manifest is null && damaged.Count + except.Count > 0)
        {
            throw new DamagedCheckpointException(
                $"No checkpoint of job '{jobName}' in {store.Storage.Address} can be read, and {damaged.Count + except.Count} are damaged. "
                + $"{(damaged.Count > 0 ? $"{damaged[0].Message} " : "")}Name the path of another one, or start the job without state.");
        }

        return manifest is null
            ? null
            : new JobRestore(store.Address, manifest, CheckpointPath.Of(store.Storage, new StoredCheckpoint(manifest.Job, manifest.Id)));
    }
}
