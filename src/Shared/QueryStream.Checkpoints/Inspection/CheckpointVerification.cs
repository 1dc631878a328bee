using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Inspection;

/// <summary>The result of reading all chunks of a checkpoint.</summary>
/// <param name="Segments">How many segments it refers to.</param>
/// <param name="Chunks">How many chunks. One that several states refer to counts once.</param>
/// <param name="StoredBytes">The bytes of the chunks as they are stored.</param>
/// <param name="DamagedChunks">The chunks that are missing or not what was written; none if the checkpoint can be restored.</param>
public sealed record CheckpointVerification(int Segments, int Chunks, long StoredBytes, IReadOnlyList<DamagedChunk> DamagedChunks)
{
    /// <summary>Reads all chunks of a checkpoint, and compares their checksums. Holds one chunk in memory.</summary>
    /// <param name="storage">The storage of the checkpoint.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached.</exception>
    public static async Task<CheckpointVerification> RunAsync(
        ICheckpointStorage storage, CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        ChunkReader reader = new(storage.SegmentsOf(manifest.Job));
        HashSet<ChunkHandle> seen = [];
        List<DamagedChunk> damaged = [];
        foreach (OperatorSnapshot part in manifest.State.Operators)
        {
            foreach (StateSnapshot state in part.States)
            {
                foreach (StateChunk chunk in state.Chunks.Where(chunk => seen.Add(chunk.Content)))
                {
                    ChunkReader.ReadChunk read = await reader.TryReadAsync(chunk.Content, cancellationToken).ConfigureAwait(false);
                    if (read.Bytes is null)
                    {
                        string place = storage.PlaceOf(manifest.Job, chunk.Content.Segment);
                        damaged.Add(new DamagedChunk(place, chunk, part.Name, state.Name, read.Problem));
                    }
                }
            }
        }

        return new CheckpointVerification(
            seen.Select(chunk => chunk.Segment).Distinct().Count(), seen.Count, seen.Sum(chunk => (long)chunk.StoredLength), damaged);
    }
}

/// <summary>A chunk that is missing or not what was written.</summary>
/// <param name="Place">The file or key that should hold it.</param>
/// <param name="Chunk">The chunk.</param>
/// <param name="Operator">The name of its operator.</param>
/// <param name="State">The name of its state.</param>
/// <param name="Problem">What is wrong, as the end of a sentence.</param>
public sealed record DamagedChunk(string Place, StateChunk Chunk, string Operator, string State, string Problem);
