using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>The complete checkpoints of a job that its storage holds. Used only in turns of the job's master.</summary>
/// <param name="job">The job.</param>
/// <param name="max">How many are retained.</param>
internal sealed class RetainedCheckpoints(JobId job, int max)
{
    // By id.
    private readonly List<CheckpointManifest> _retained = [];
    private readonly List<StoredCheckpoint> _obsolete = [];

    /// <summary>The last one; null: none.</summary>
    public CheckpointManifest? Latest => _retained.Count == 0 ? null : _retained[^1];

    /// <summary>Those that are not retained any more, and are not known to be deleted. A copy.</summary>
    public IReadOnlyList<StoredCheckpoint> Obsolete => [.. _obsolete];

    /// <summary>Those that are retained, and the obsolete ones.</summary>
    public IEnumerable<StoredCheckpoint> All => [.. _retained.Select(manifest => Of(manifest.Id)), .. _obsolete];

    /// <summary>The segments to which the retained ones refer.</summary>
    public IEnumerable<SegmentName> Segments => _retained.SelectMany(manifest => manifest.Segments);

    /// <summary>A checkpoint is complete: older ones become obsolete.</summary>
    public void Add(CheckpointManifest manifest)
    {
        _retained.Add(manifest);
        IReadOnlyList<CheckpointManifest> kept = Retention.Retained(_retained, max);
        _obsolete.AddRange(_retained.Except(kept).Select(dropped => Of(dropped.Id)));
        _retained.RemoveAll(candidate => !kept.Contains(candidate));
    }

    /// <summary>The storage may hold a checkpoint that is not to be retained.</summary>
    public void MarkObsolete(CheckpointId id) => _obsolete.Add(Of(id));

    /// <summary>The storage has deleted obsolete checkpoints.</summary>
    public void OnDeleted(IReadOnlyList<StoredCheckpoint> deleted) => _obsolete.RemoveAll(deleted.Contains);

    private StoredCheckpoint Of(CheckpointId id) => new(job, id);
}
