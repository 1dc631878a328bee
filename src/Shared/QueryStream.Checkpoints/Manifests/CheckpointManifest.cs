using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Manifests;

/// <summary>Who owns a checkpoint. The numbers are stored: they never change.</summary>
public enum CheckpointKind : byte
{
    /// <summary>The coordinator, which restarts from it and deletes it.</summary>
    Checkpoint = 1,

    /// <summary>A user. It refers to no segment of another checkpoint, and no other refers to its own.</summary>
    Savepoint = 2,
}

/// <summary>A vertex of the job when the checkpoint was taken.</summary>
/// <param name="Id">The vertex.</param>
/// <param name="Name">Its name, for people.</param>
public sealed record ManifestVertex(VertexId Id, string Name)
{
    /// <summary>The attempt of its tasks; 0 in manifests that do not have it.</summary>
    public Attempt Attempt { get; init; }
}

/// <summary>
/// A complete checkpoint: what it is, and where the state is stored. A checkpoint counts as complete when its manifest is committed, and not before.
/// Immutable. See docs/design/checkpoint-format.md.
/// </summary>
public sealed record CheckpointManifest
{
    /// <summary>The job that took it.</summary>
    public required JobId Job { get; init; }

    /// <summary>The job's name, by which another run of it finds its latest checkpoint.</summary>
    public required string JobName { get; init; }

    /// <summary>Its kind.</summary>
    public required CheckpointKind Kind { get; init; }

    /// <summary>The coordinator that took it.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>When the coordinator triggered it, by its clock.</summary>
    public required DateTimeOffset TriggeredAt { get; init; }

    /// <summary>How long it took, until the manifest was written.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The graph's fingerprint: a job that has another one was changed meanwhile.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The vertices.</summary>
    public required IReadOnlyList<ManifestVertex> Vertices { get; init; }

    /// <summary>The state.</summary>
    public required JobSnapshot State { get; init; }

    /// <summary>The checkpoint's id. Ids rise with each checkpoint of a job, across epochs, and continue above a restored checkpoint.</summary>
    public CheckpointId Id => State.Checkpoint;

    /// <summary>All chunks of the state.</summary>
    public IEnumerable<ChunkHandle> Chunks => State.Chunks.Select(chunk => chunk.Content);

    /// <summary>The segments that must be kept as long as the checkpoint is.</summary>
    public IEnumerable<SegmentName> Segments => Chunks.Select(chunk => chunk.Segment).Distinct();
}
