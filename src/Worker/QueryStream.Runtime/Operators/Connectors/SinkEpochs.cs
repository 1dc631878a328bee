using System.Buffers;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>
/// The epochs of one subtask in a snapshot. They stay together, so that the subtask that restores them keeps their order. Their output is a separate
/// state, since it may be large.
/// </summary>
/// <param name="Subtask">The subtask.</param>
/// <param name="Last">The checkpoint of its last epoch.</param>
/// <param name="Pending">The epochs that may not be committed yet, oldest first, each with the number of its segments.</param>
internal sealed record SinkEpochs(int Subtask, CheckpointId Last, IReadOnlyList<(CheckpointId Checkpoint, int Segments)> Pending)
{
    /// <summary>The pending epochs with their output.</summary>
    /// <param name="segments">The segments of all of them.</param>
    /// <exception cref="StateRestoreException">There are more or fewer segments.</exception>
    public IEnumerable<PendingEpoch> WithOutput(List<ReadOnlyMemory<byte>> segments)
    {
        int expected = Pending.Sum(epoch => epoch.Segments);
        if (segments.Count != expected)
        {
            throw new StateRestoreException(
                $"The snapshot holds {segments.Count} segments of the uncommitted output of subtask {Subtask}; {expected} were written.");
        }

        int next = 0;
        foreach ((CheckpointId checkpoint, int count) in Pending)
        {
            yield return new PendingEpoch(Subtask, checkpoint, PendingEpoch.StateOf(segments.GetRange(next, count)));
            next += count;
        }
    }
}

/// <summary>A part of the output of an epoch.</summary>
/// <param name="Bytes">The bytes.</param>
internal readonly record struct EpochSegment(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The segments of an epoch's state.</summary>
    public static IEnumerable<EpochSegment> Of(ReadOnlySequence<byte> state)
    {
        foreach (ReadOnlyMemory<byte> segment in state)
        {
            yield return new EpochSegment(segment);
        }
    }
}

/// <summary>The layout of <see cref="SinkEpochs"/> in snapshots.</summary>
internal sealed class SinkEpochsCodec : Codec<SinkEpochs>
{
    // A checkpoint and a number of segments.
    private const int MinEpochBytes = 2;

    public override Schema Schema { get; } = Schema.Opaque("sink-epochs/1");

    public override void Write(CodecWriter writer, in SinkEpochs value)
    {
        writer.WriteInt64(value.Subtask);
        writer.WriteInt64(value.Last.Number);
        writer.WriteCount(value.Pending.Count);
        foreach ((CheckpointId checkpoint, int segments) in value.Pending)
        {
            writer.WriteInt64(checkpoint.Number);
            writer.WriteInt64(segments);
        }
    }

    public override SinkEpochs Read(CodecReader reader)
    {
        int subtask = (int)reader.ReadInt64(0, int.MaxValue);
        CheckpointId last = new(reader.ReadInt64());
        (CheckpointId, int)[] pending = reader.TryReadCount(MinEpochBytes, out int count)
            ? new (CheckpointId, int)[count]
            : throw reader.Damaged("no list of epochs");
        for (int i = 0; i < pending.Length; i++)
        {
            pending[i] = (new CheckpointId(reader.ReadInt64()), (int)reader.ReadInt64(0, int.MaxValue));
        }

        return new SinkEpochs(subtask, last, pending);
    }
}

/// <summary>The layout of <see cref="EpochSegment"/> in snapshots.</summary>
internal sealed class EpochSegmentCodec : Codec<EpochSegment>
{
    public override Schema Schema { get; } = Schema.Opaque("sink-output/1");

    public override void Write(CodecWriter writer, in EpochSegment value) => writer.WriteBytes(value.Bytes.Span);

    public override EpochSegment Read(CodecReader reader) => reader.TryReadBytes(out ReadOnlySpan<byte> bytes)
        ? new EpochSegment(bytes.ToArray())
        : throw reader.Damaged("no segment of output");
}
