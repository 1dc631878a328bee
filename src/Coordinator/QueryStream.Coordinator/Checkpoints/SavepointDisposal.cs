using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>
/// Deletes savepoints, and checkpoints that have outlasted their jobs, from directories: what has a manifest that can be read, and nothing else. Runs
/// outside of actors, one at a time. Safe on any thread.
/// </summary>
/// <param name="storages">The storages.</param>
/// <param name="registry">The jobs that are to be resumed; null: none are.</param>
public sealed class SavepointDisposal(CheckpointStorages storages, IJobRegistry? registry) : IDisposable
{
    private const string Scheme = "file://";

    private readonly SemaphoreSlim _free = new(1, 1);

    /// <summary>Whether a path can be that of a savepoint.</summary>
    public static bool IsDirectory(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Deletes a savepoint or checkpoint.</summary>
    /// <param name="node">The coordinator, whose jobs may need it.</param>
    /// <param name="path">Its path, <c>file:///PATH</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DamagedCheckpointException">There is none, several, or one that cannot be read.</exception>
    /// <exception cref="CheckpointStorageException">A job needs it, or the directory cannot be used.</exception>
    public async Task RunAsync(CoordinatorNode node, string path, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await DeleteAsync(node, CheckpointPath.Parse(path), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private async Task DeleteAsync(CoordinatorNode node, CheckpointPath path, CancellationToken cancellationToken)
    {
        if (path is { Job: { } named, Id: null })
        {
            throw new CheckpointStorageException($"The path names job {named}, not one of its checkpoints: add chk-ID.");
        }

        ClusterOverview overview = node.Overview();
        string address = AddressOf(overview, path.Storage);
        ICheckpointStorage storage = storages.Get(address);
        StoredCheckpoint checkpoint = await path.ResolveAsync(storage, cancellationToken).ConfigureAwait(false);
        CheckpointManifest manifest = await storage.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        await RequireUnneededAsync(overview, storage, manifest, cancellationToken).ConfigureAwait(false);

        // Other checkpoints of the job may refer to its segments. Read before anything is deleted: one of them may be damaged.
        IReadOnlyList<StoredCheckpoint> all = await storage.ListAsync(cancellationToken).ConfigureAwait(false);
        HashSet<SegmentName> needed = [];
        foreach (StoredCheckpoint other in all.Where(other => other.Job == checkpoint.Job && other != checkpoint))
        {
            needed.UnionWith((await storage.ReadAsync(other, cancellationToken).ConfigureAwait(false)).Segments);
        }

        Epoch epoch = await storages.AcquireAsync(address).ConfigureAwait(false);
        bool isOwner = await storage.DeleteAsync(epoch, checkpoint, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SegmentName> stored = await storage.ListSegmentsAsync(checkpoint.Job, cancellationToken).ConfigureAwait(false);
        SegmentName[] unneeded = [.. stored.Where(segment => !needed.Contains(segment))];
        isOwner = isOwner && await storage.DeleteSegmentsAsync(epoch, checkpoint.Job, unneeded, cancellationToken).ConfigureAwait(false);
        if (!isOwner)
        {
            throw new CheckpointStorageException($"Another coordinator has taken over {storage.Address}: ask the leader of its cluster.");
        }

        if (manifest.Kind == CheckpointKind.Savepoint && storage is DirectoryStorage directory)
        {
            await directory.RemoveIfEmptyAsync(epoch, checkpoint.Job).ConfigureAwait(false);
        }
    }

    // One spelling of a directory: under another one, this process would be kept out by its own lock.
    private string AddressOf(ClusterOverview overview, string address)
    {
        string wanted = storages.Get(address).Address;
        return overview.Jobs.Concat(overview.EndedJobs).Select(job => job.Submission.Options.Checkpoints.Storage)
            .FirstOrDefault(known => known.Length > 0 && storages.Get(known).Address == wanted) ?? address;
    }

    private async Task RequireUnneededAsync(
        ClusterOverview overview, ICheckpointStorage storage, CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        RegisteredJobs registered = registry is null ? RegisteredJobs.None : await registry.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (registered.Damaged > 0)
        {
            throw new CheckpointStorageException(
                $"{registered.Damaged} jobs of the registry cannot be read, as was logged, and may need the checkpoint. Repair or delete these.");
        }

        foreach (JobHandle job in overview.Jobs)
        {
            // Until it has a checkpoint of its own, it restarts from what it has started from.
            string? start = job.Checkpoints.LastCompleted is null ? job.Checkpoints.RestoredFrom ?? job.Submission.Restore : null;
            Require(job.Id, job.Name, StartsFrom(start, job.Submission, storage, manifest), manifest);
        }

        foreach (RegisteredJob job in registered.Jobs.Where(job => overview.Jobs.All(known => known.Id != job.Id)))
        {
            Require(job.Id, job.Submission.ProvisionalName, StartsFrom(job.Submission.Restore, job.Submission, storage, manifest), manifest);
        }
    }

    private bool StartsFrom(string? start, JobSubmission submission, ICheckpointStorage storage, CheckpointManifest manifest)
    {
        if (start is null)
        {
            return false;
        }

        CheckpointPath path = start == JobRestore.Latest
            ? new CheckpointPath(submission.Options.Checkpoints.Storage, null, null)
            : CheckpointPath.Parse(start);
        return (path.Job is null || path.Job == manifest.Job)
            && (path.Id is null || path.Id == manifest.Id)
            && path.Storage.Length > 0
            && storages.Get(path.Storage).Address == storage.Address;
    }

    private static void Require(JobId job, string name, bool startsFromIt, CheckpointManifest manifest)
    {
        bool isOwn = manifest.Kind == CheckpointKind.Checkpoint && manifest.Job == job;
        if (isOwn || startsFromIt)
        {
            throw new CheckpointStorageException(
                $"Checkpoint {manifest.Id} of job {manifest.Job} is needed: job '{name}' ({job}) would restart from it. "
                + "Stop the job first, or wait for a checkpoint of its own.");
        }
    }
}
