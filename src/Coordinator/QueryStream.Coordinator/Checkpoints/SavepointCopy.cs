using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>
/// Makes a savepoint self-contained: tasks that had ended before it have their final snapshot in the storage of checkpoints, from which it is copied.
/// Runs outside of actors.
/// </summary>
/// <param name="checkpoints">The storage of checkpoints.</param>
/// <param name="savepoint">The storage of the savepoint.</param>
/// <param name="epoch">The epoch of this coordinator in it.</param>
/// <param name="attempt">The newest attempt.</param>
internal sealed class SavepointCopy(ICheckpointStorage checkpoints, ICheckpointStorage savepoint, Epoch epoch, Attempt attempt)
{
    // Higher than the numbers of the segments that the task of the same name writes itself.
    private const int FirstNumber = 1_000_000;

    /// <summary>Copies what is elsewhere, and commits.</summary>
    public async Task<CommittedManifest> CommitAsync(CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        ChunkReader reader = new(checkpoints.SegmentsOf(manifest.Job));
        Dictionary<TaskId, ChunkSink> sinks = [];
        Dictionary<ChunkHandle, ChunkHandle> copies = [];
        foreach (ChunkHandle chunk in manifest.Chunks.Where(chunk => chunk.Segment.Checkpoint != manifest.Id))
        {
            TaskId task = chunk.Segment.Task;
            if (!sinks.TryGetValue(task, out ChunkSink? sink))
            {
                SegmentName first = new(epoch, manifest.Id, attempt, task, FirstNumber);
                sinks[task] = sink = new ChunkSink(savepoint.SegmentsOf(manifest.Job), first, ReusableChunks.None);
            }

            byte[] bytes = await reader.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
            copies[chunk] = await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        foreach (ChunkSink sink in sinks.Values)
        {
            await sink.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        CheckpointManifest whole = manifest with { State = Replace(manifest.State, copies) };
        return new CommittedManifest(whole, await savepoint.CommitAsync(whole, cancellationToken).ConfigureAwait(false));
    }

    private static JobSnapshot Replace(JobSnapshot state, Dictionary<ChunkHandle, ChunkHandle> copies) => new(
        state.Checkpoint,
        state.KeyGroups,
        state.Progress,
        state.Operators.Select(part => part with { States = [.. part.States.Select(stored => Replace(stored, copies))] }),
        state.Ledger);

    private static StateSnapshot Replace(StateSnapshot state, Dictionary<ChunkHandle, ChunkHandle> copies) =>
        state with { Chunks = [.. state.Chunks.Select(chunk => chunk with { Content = copies.GetValueOrDefault(chunk.Content, chunk.Content) })] };
}
