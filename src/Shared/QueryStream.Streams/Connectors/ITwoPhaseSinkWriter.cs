using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// A writer whose rows are visible outside only once a checkpoint holds them, so that each arrives exactly once. The rows between two barriers are
/// an <b>epoch</b>. It is prepared when its barrier comes, is pending in every checkpoint from then on, and is committed when one of them is complete.
/// After a failure the next attempt gets the pending epochs of the checkpoint that it restores, and commits those that are not yet visible; rows
/// written later are read and written again. All members but <see cref="ISinkWriter{T}.OpenAsync"/> are called in turns and must not block.
/// </summary>
/// <remarks>
/// <see cref="ISinkWriter{T}.OpenAsync"/> commits <see cref="SinkContext.Restored"/> before it returns, oldest epoch first, and must make visible nothing
/// else of earlier attempts. It may be handed epochs that were committed before: committing must be idempotent.
/// A writer without this interface is flushed at each barrier, and its rows arrive at least once.
/// </remarks>
/// <typeparam name="T">The rows.</typeparam>
public interface ITwoPhaseSinkWriter<T> : ISinkWriter<T>
{
    /// <summary>
    /// Ends the epoch: the rows written since the last call belong to it, later rows to the next one. The writer makes them safe against the loss of
    /// this process, without making them visible. The task acknowledges the checkpoint only when <paramref name="prepared"/> was called.
    /// </summary>
    /// <param name="checkpoint">Names the epoch; higher than all before, also those of earlier attempts. An epoch may be empty.</param>
    /// <param name="prepared">Called once, in a turn, with all that another process needs to commit the epoch; it becomes part of the checkpoint.</param>
    void Prepare(CheckpointId checkpoint, Action<ReadOnlyMemory<byte>> prepared);

    /// <summary>The checkpoint is complete: makes visible all epochs up to its own, in order. Never called again before the last call has ended.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="committed">Called once, in a turn, when they are visible. A writer retries as long as the other side is away.</param>
    void Commit(CheckpointId checkpoint, Action committed);

    /// <summary>
    /// The checkpoint was given up. Its epoch stays pending, since the job goes on: it is committed with the next checkpoint that completes.
    /// A writer that need not know it does nothing.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    void Abort(CheckpointId checkpoint)
    {
    }
}

/// <summary>Rows of a sink that a checkpoint holds, and that may not be visible yet.</summary>
/// <param name="Subtask">The subtask that wrote them; it may not exist any more.</param>
/// <param name="Checkpoint">The checkpoint whose barrier ended the epoch.</param>
/// <param name="State">What <see cref="ITwoPhaseSinkWriter{T}.Prepare"/> gave.</param>
public sealed record PendingEpoch(int Subtask, CheckpointId Checkpoint, ReadOnlyMemory<byte> State);
