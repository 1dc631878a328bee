using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>The stored checkpoint from which a job starts.</summary>
/// <param name="Address">The address of its storage.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Path">Its path, for people.</param>
internal sealed record JobRestore(string Address, CheckpointManifest Manifest, string Path)
{
    /// <summary>The value that selects the latest checkpoint.</summary>
    public const string Latest = "latest";

    public StoredCheckpoint Checkpoint => new(Manifest.Job, Manifest.Id);

    public RestorePlan Plan => new(Address, Manifest.Job, Manifest.Id);
}
