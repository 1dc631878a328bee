using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Storage;

/// <summary>Finds the checkpoint from which a job goes on.</summary>
public static class LatestCheckpoint
{
    /// <summary>
    /// The newest readable checkpoint of a job: that of the highest epoch, and of this the one with the highest id. A damaged one is passed over, and
    /// reported to the caller, who must say so.
    /// </summary>
    /// <param name="storage">Where to look.</param>
    /// <param name="jobName">The job's name. Other runs of the job count.</param>
    /// <param name="except">Checkpoints that are passed over without a word.</param>
    /// <param name="onDamaged">Called for each damaged checkpoint.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Null where the job has none.</returns>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached.</exception>
    public static async Task<CheckpointManifest?> FindAsync(
        ICheckpointStorage storage,
        string jobName,
        IReadOnlySet<StoredCheckpoint> except,
        Action<DamagedCheckpointException> onDamaged,
        CancellationToken cancellationToken)
    {
        CheckpointManifest? latest = null;
        foreach (StoredCheckpoint checkpoint in await storage.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (except.Contains(checkpoint))
            {
                continue;
            }

            try
            {
                CheckpointManifest manifest = await storage.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
                if (manifest.JobName == jobName && IsNewer(manifest, latest))
                {
                    latest = manifest;
                }
            }
            catch (DamagedCheckpointException damaged)
            {
                onDamaged(damaged);
            }
        }

        return latest;
    }

    private static bool IsNewer(CheckpointManifest manifest, CheckpointManifest? than) =>
        than is null || (manifest.Epoch.Number, manifest.Id.Number).CompareTo((than.Epoch.Number, than.Id.Number)) > 0;
}
