using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>Writes the snapshots of one task, and knows which chunks of earlier ones they can refer to.</summary>
/// <param name="context">The task.</param>
internal sealed class SnapshotWriter(TaskContext context)
{
    // The task's parts of checkpoints that may be complete: chunks with equal bytes are not written again.
    private readonly List<TaskSnapshot> _stored = [];

    /// <summary>A snapshot is written, to which later ones may refer.</summary>
    public void Keep(TaskSnapshot written) => _stored.Add(written);

    /// <summary>
    /// The chunks of a trigger's base, which are kept until its checkpoint is complete or aborted. The function is called outside of turns, since it
    /// reads all handles.
    /// </summary>
    public Func<ReusableChunks> ReusableOf(SnapshotTrigger trigger)
    {
        if (trigger.Base is not { } checkpoint)
        {
            return static () => ReusableChunks.None;
        }

        // The base never goes back.
        _stored.RemoveAll(part => part.Checkpoint.Number < checkpoint.Number);
        if (_stored.Find(part => part.Checkpoint == checkpoint) is { } stored)
        {
            return () => new ReusableChunks(stored.Chunks.Select(chunk => chunk.Content));
        }

        return context.Deployment.Restore is { } restored && restored.State.Checkpoint == checkpoint && restored.Storage == trigger.Target.Storage
            ? () => restored.Reusable
            : static () => ReusableChunks.None;
    }

    /// <summary>Writes a snapshot, and returns where its operators' states are. Runs outside of turns.</summary>
    public Task<IReadOnlyList<OperatorSnapshot>> WriteAsync(
        SnapshotInProgress snapshot, CheckpointTarget target, Func<ReusableChunks> reusable, CancellationToken cancellationToken)
    {
        SegmentName first = new(target.Epoch, snapshot.Checkpoint, context.Deployment.Attempt, context.Deployment.Id, 0);
        ChunkSink sink = new(context.Environment.Segments(target.Storage, context.Deployment.Job), first, reusable());
        return snapshot.WriteAsync(sink, context.Deployment.Graph.KeyGroups, cancellationToken);
    }
}
