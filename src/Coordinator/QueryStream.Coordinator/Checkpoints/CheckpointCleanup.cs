using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Deletes checkpoints, and then the segments that nothing can need. Runs outside of actors.</summary>
/// <param name="storage">The storage.</param>
/// <param name="epoch">The epoch of this coordinator in it.</param>
/// <param name="job">The job.</param>
/// <param name="obsolete">The checkpoints to delete.</param>
internal sealed class CheckpointCleanup(ICheckpointStorage storage, Epoch epoch, JobId job, IReadOnlyList<StoredCheckpoint> obsolete)
{
    /// <summary>The segments that retained checkpoints and the last snapshots of ended tasks name.</summary>
    public required HashSet<SegmentName> Needed { get; init; }

    /// <summary>
    /// The current attempt of each vertex: that of its region. What belongs to no vertex, since the job had another parallelism, is of an attempt
    /// before all of them.
    /// </summary>
    public required IReadOnlyDictionary<VertexId, Attempt> Attempts { get; init; }

    /// <summary>The checkpoint under way, else the next one.</summary>
    public required CheckpointId OldestPending { get; init; }

    /// <summary>Deletes the manifests first, so that none is ever found without its segments.</summary>
    /// <returns>The checkpoints that are gone.</returns>
    public async Task<IReadOnlyList<StoredCheckpoint>> RunAsync(CancellationToken cancellationToken)
    {
        foreach (StoredCheckpoint checkpoint in obsolete)
        {
            if (!await storage.DeleteAsync(epoch, checkpoint, cancellationToken).ConfigureAwait(false))
            {
                // Fenced: what is left belongs to the other coordinator.
                return [];
            }
        }

        IReadOnlyList<SegmentName> stored = await storage.ListSegmentsAsync(job, cancellationToken).ConfigureAwait(false);
        Attempt last = Attempts.Values.MaxBy(attempt => attempt.Number);
        SegmentName[] unneeded =
        [
            .. stored.GroupBy(segment => Attempts.GetValueOrDefault(segment.Task.Vertex, last))
                .SelectMany(region => Retention.Unneeded(region, Needed, epoch, region.Key, OldestPending)),
        ];
        if (unneeded.Length > 0)
        {
            await storage.DeleteSegmentsAsync(epoch, job, unneeded, cancellationToken).ConfigureAwait(false);
        }

        return obsolete;
    }
}
