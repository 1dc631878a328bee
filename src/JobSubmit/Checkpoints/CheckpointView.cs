using QueryStream.Checkpoints.Inspection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;

namespace QueryStream.JobSubmit.Checkpoints;

/// <summary>What <c>checkpoint inspect</c> shows.</summary>
/// <param name="Path">The checkpoint's path.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Splits">The positions of its sources.</param>
/// <param name="Problems">State that could not be shown, since it is damaged.</param>
internal sealed record CheckpointView(
    string Path, CheckpointManifest Manifest, IReadOnlyList<SourceSplit> Splits, IReadOnlyList<DamagedCheckpointException> Problems)
{
    /// <summary>Reads what is shown. Only the positions of sources are read of the state.</summary>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached.</exception>
    public static async Task<CheckpointView> ReadAsync(ICheckpointStorage storage, CheckpointManifest manifest, CancellationToken stop)
    {
        List<SourceSplit> splits = [];
        List<DamagedCheckpointException> problems = [];
        Codec<SplitPosition> codec = Codec<SplitPosition>.Instance;
        foreach (OperatorSnapshot part in manifest.State.Operators)
        {
            foreach (StateSnapshot state in part.States.Where(state => state.Kind == StateKind.List && state.Schema.Equals(codec.Schema)))
            {
                try
                {
                    IReadOnlyList<SplitPosition> positions = await StateItems.ReadAsync(storage.SegmentsOf(manifest.Job), state, codec, stop);
                    splits.AddRange(positions.Select(position => SourceSplit.Of(part.Name, position)));
                }
                catch (DamagedCheckpointException damaged)
                {
                    problems.Add(damaged);
                }
            }
        }

        string path = CheckpointPath.Of(storage, new StoredCheckpoint(manifest.Job, manifest.Id));
        splits.Sort();
        return new CheckpointView(path, manifest, splits, problems);
    }
}

/// <summary>The size of a state or of a whole checkpoint. A chunk with several references counts once.</summary>
/// <param name="Items">How many items there are.</param>
/// <param name="Chunks">How many chunks hold them.</param>
/// <param name="Segments">How many segments hold the chunks.</param>
/// <param name="StoredBytes">The bytes of the chunks as they are stored.</param>
/// <param name="Bytes">The bytes of the chunks when they are decoded.</param>
internal sealed record StoredSize(long Items, int Chunks, int Segments, long StoredBytes, long Bytes)
{
    /// <summary>The size of some chunks.</summary>
    public static StoredSize Of(IEnumerable<StateChunk> chunks)
    {
        StateChunk[] all = [.. chunks];
        StateChunk[] stored = [.. all.DistinctBy(chunk => chunk.Content)];
        return new StoredSize(
            all.Sum(chunk => (long)chunk.Count),
            stored.Length,
            stored.Select(chunk => chunk.Content.Segment).Distinct().Count(),
            stored.Sum(chunk => (long)chunk.Content.StoredLength),
            stored.Sum(chunk => (long)chunk.Content.Length));
    }
}
