using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Storage;

/// <summary>Finds the checkpoint from which a job goes on.</summary>
public static class LatestCheckpoint
{
    /// <summary>
    /// The newest readable checkpoint of a job: that of the highest epoch, and of this the one with the highest id. Checkpoints of runs before one
    /// that has ended do not count, see <see cref="RunEnd"/>. A damaged one is skipped and reported to the caller, which must log it.
    /// </summary>
    /// <param name="storage">Where to look.</param>
    /// <param name="jobName">The job's name. Other runs of the job count.</param>
    /// <param name="except">Checkpoints that are skipped silently.</param>
    /// <param name="onDamaged">Called for each damaged checkpoint.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached.</exception>
    /// <exception cref="DamagedCheckpointException">The mark of the last run that has ended is damaged.</exception>
    public static async Task<LatestCheckpointResult> FindAsync(
        ICheckpointStorage storage,
        string jobName,
        IReadOnlySet<StoredCheckpoint> except,
        Action<DamagedCheckpointException> onDamaged,
        CancellationToken cancellationToken)
    {
        LatestCheckpointResult found = new(null, await storage.FindEndAsync(jobName, cancellationToken).ConfigureAwait(false), null);
        foreach (StoredCheckpoint checkpoint in await storage.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (except.Contains(checkpoint))
            {
                continue;
            }

            try
            {
                CheckpointManifest manifest = await storage.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
                found = manifest.JobName == jobName ? found.With(manifest) : found;
            }
            catch (DamagedCheckpointException damaged)
            {
                onDamaged(damaged);
            }
        }

        return found;
    }
}

/// <summary>What is known of the runs of a job.</summary>
/// <param name="Latest">The latest checkpoint; null: there is none that counts.</param>
/// <param name="End">The end of the last run that has ended; null: none has ended.</param>
/// <param name="Superseded">The newest checkpoint that does not count, since it is of a run before that; null: none.</param>
public sealed record LatestCheckpointResult(CheckpointManifest? Latest, RunEnd? End, CheckpointManifest? Superseded)
{
    internal LatestCheckpointResult With(CheckpointManifest manifest) => End?.Supersedes(manifest) == true
        ? this with { Superseded = Newer(manifest, Superseded) }
        : this with { Latest = Newer(manifest, Latest) };

    private static CheckpointManifest Newer(CheckpointManifest manifest, CheckpointManifest? than) =>
        than is null || (manifest.Epoch.Number, manifest.Id.Number).CompareTo((than.Epoch.Number, than.Id.Number)) > 0 ? manifest : than;
}
