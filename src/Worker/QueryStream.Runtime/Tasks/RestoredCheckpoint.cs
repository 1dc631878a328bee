using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>The checkpoint that a job restores.</summary>
/// <param name="State">Its state.</param>
/// <param name="Storage">The address of its storage.</param>
/// <param name="Chunks">Reads its chunks.</param>
public sealed record RestoredCheckpoint(JobSnapshot State, string Storage, ChunkReader Chunks)
{
    private readonly Lazy<ReusableChunks> _reusable = new(() => new ReusableChunks(
        State.Chunks.Select(chunk => chunk.Content)));

    /// <summary>Its chunks, for checkpoints that may refer to them. Made once for all tasks of the worker, on any thread.</summary>
    internal ReusableChunks Reusable => _reusable.Value;
}
