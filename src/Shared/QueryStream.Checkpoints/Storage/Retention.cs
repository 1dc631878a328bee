using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>Decides what may be deleted when a checkpoint of a job has completed. Pure.</summary>
public static class Retention
{
    /// <summary>The checkpoints that are retained: the newest ones, by id.</summary>
    /// <param name="complete">The complete checkpoints of one job.</param>
    /// <param name="retained">How many to retain, at least 1.</param>
    public static IReadOnlyList<CheckpointManifest> Retained(IEnumerable<CheckpointManifest> complete, int retained)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(retained, 1);
        return [.. complete.OrderByDescending(manifest => manifest.Id.Number).Take(retained)];
    }

    /// <summary>
    /// The segments that no checkpoint can need: no known manifest names them, and no future one can, since they are of an older attempt or epoch, or
    /// of a checkpoint older than all that are under way. A checkpoint under way refers to segments of retained manifests and to its own.
    /// </summary>
    /// <param name="stored">The segments of the job that are stored.</param>
    /// <param name="needed">Those that retained manifests and the final snapshots of ended tasks name.</param>
    /// <param name="epoch">The epoch of the coordinator.</param>
    /// <param name="attempt">The current attempt. Tasks that have moved since it began have later ones.</param>
    /// <param name="oldestPending">The oldest checkpoint under way, else the next one.</param>
    public static IReadOnlyList<SegmentName> Unneeded(
        IEnumerable<SegmentName> stored, IReadOnlySet<SegmentName> needed, Epoch epoch, Attempt attempt, CheckpointId oldestPending)
    {
        return [.. stored.Where(segment => !needed.Contains(segment) && IsPast(segment, epoch, attempt, oldestPending))];
    }

    // A task that ends writes its final snapshot under checkpoint 0, for all checkpoints to come of its attempt.
    private static bool IsPast(SegmentName segment, Epoch epoch, Attempt attempt, CheckpointId oldestPending) =>
        segment.Epoch.CompareTo(epoch) < 0
        || (segment.Epoch == epoch && segment.Attempt.Number < attempt.Number)
        || (segment.Epoch == epoch && segment.Attempt.Number >= attempt.Number
            && segment.Checkpoint.Number > 0 && segment.Checkpoint.Number < oldestPending.Number);
}
