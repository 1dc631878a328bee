using System.Buffers;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// A writer for exactly-once delivery: its rows become visible outside only after a checkpoint contains them. For the rows between two barriers it
/// makes a <b>committable</b>: what another process needs to make them visible. A committable is prepared at its barrier, is pending in the
/// checkpoints from then on, and is committed when one of them is complete. After a failure, the next attempt gets the pending committables of the
/// restored checkpoint and commits those whose rows are not visible yet; later rows are read and written again. All members except <see
/// cref="ISinkWriter{T}.OpenAsync"/> are called in turns and must not block.
/// </summary>
/// <remarks>
/// <see cref="ISinkWriter{T}.OpenAsync"/> commits <see cref="SinkContext.Restored"/> before it returns, oldest committable first, and must not make
/// other rows of earlier attempts visible. The committables may be committed already, so committing must be idempotent. A writer without this
/// interface is flushed at each barrier; its rows arrive at least once.
/// </remarks>
/// <typeparam name="T">The rows.</typeparam>
public interface ITwoPhaseSinkWriter<T> : ISinkWriter<T>
{
    /// <summary>
    /// Ends the current committable, which covers the rows written since the last call. The writer makes them durable without making them visible.
    /// The task acknowledges the checkpoint after <paramref name="prepared"/> was called.
    /// </summary>
    /// <param name="checkpoint">
    /// The id of the committable: higher than all earlier ones, also those of earlier attempts. A committable may be empty.
    /// </param>
    /// <param name="prepared">
    /// Called once, in a turn, with the data that another process needs to commit the committable; the checkpoint stores it. It may be large: it is
    /// stored segment by segment, at best 256 KiB each, and must not change any more.
    /// </param>
    void Prepare(CheckpointId checkpoint, Action<ReadOnlySequence<byte>> prepared);

    /// <summary>
    /// Called when the checkpoint is complete: makes the rows of all committables up to its own visible, in order. Not called again before <paramref
    /// name="committed"/> was called.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="committed">Called once, in a turn, when they are visible. The writer retries while the external system is unavailable.</param>
    void Commit(CheckpointId checkpoint, Action committed);

    /// <summary>
    /// Called when the checkpoint was aborted. Its committable stays pending and is committed with the next completed checkpoint. The default does
    /// nothing.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    void Abort(CheckpointId checkpoint)
    {
    }
}

/// <summary>A committable of a sink in a checkpoint; its rows may not be visible yet.</summary>
/// <param name="Subtask">The subtask that wrote the rows. It may no longer exist.</param>
/// <param name="Checkpoint">The checkpoint whose barrier ended the committable.</param>
/// <param name="State">The data from <see cref="ITwoPhaseSinkWriter{T}.Prepare"/>, in the same segments.</param>
public sealed record Committable(int Subtask, CheckpointId Checkpoint, ReadOnlySequence<byte> State)
{
    /// <summary>The state that consists of these segments. They are not copied.</summary>
    public static ReadOnlySequence<byte> StateOf(IReadOnlyList<ReadOnlyMemory<byte>> segments)
    {
        if (segments.Count == 0)
        {
            return ReadOnlySequence<byte>.Empty;
        }

        Segment first = new(segments[0], 0);
        Segment last = first;
        for (int i = 1; i < segments.Count; i++)
        {
            last = last.Append(segments[i]);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
