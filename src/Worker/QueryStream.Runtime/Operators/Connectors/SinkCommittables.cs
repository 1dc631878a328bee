using System.Buffers;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>
/// The committables of one subtask in a snapshot. They stay together, so that the subtask that restores them keeps their order. Their output is a
/// separate state, since it may be large.
/// </summary>
/// <param name="Subtask">The subtask.</param>
/// <param name="Last">The checkpoint of its last committable.</param>
/// <param name="Pending">The committables that may not be committed yet, oldest first, each with the number of its segments.</param>
internal sealed record SinkCommittables(int Subtask, CheckpointId Last, IReadOnlyList<(CheckpointId Checkpoint, int Segments)> Pending)
{
    /// <summary>The pending committables with their output.</summary>
    /// <param name="segments">The segments of all of them.</param>
    /// <exception cref="StateRestoreException">There are more or fewer segments.</exception>
    public IEnumerable<Committable> WithOutput(List<ReadOnlyMemory<byte>> segments)
    {
        int expected = Pending.Sum(committable => committable.Segments);
        if (segments.Count != expected)
        {
            throw new StateRestoreException(
                $"The snapshot holds {segments.Count} segments of the uncommitted output of subtask {Subtask}; {expected} were written.");
        }

        int next = 0;
        foreach ((CheckpointId checkpoint, int count) in Pending)
        {
            yield return new Committable(Subtask, checkpoint, Committable.StateOf(segments.GetRange(next, count)));
            next += count;
        }
    }
}

/// <summary>A part of the output of a committable.</summary>
/// <param name="Bytes">The bytes.</param>
internal readonly record struct CommittableSegment(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The segments of a committable's state.</summary>
    public static IEnumerable<CommittableSegment> Of(ReadOnlySequence<byte> state)
    {
        foreach (ReadOnlyMemory<byte> segment in state)
        {
            yield return new CommittableSegment(segment);
        }
    }
}

/// <summary>The layout of <see cref="SinkCommittables"/> in snapshots.</summary>
internal sealed class SinkCommittablesCodec : Codec<SinkCommittables>
{
    // A checkpoint and a number of segments.
    private const int MinCommittableBytes = 2;

    public override Schema Schema { get; } = Schema.Opaque("sink-epochs/1");

    public override void Write(CodecWriter writer, in SinkCommittables value)
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

    public override SinkCommittables Read(CodecReader reader)
    {
        int subtask = (int)reader.ReadInt64(0, int.MaxValue);
        CheckpointId last = new(reader.ReadInt64());
        (CheckpointId, int)[] pending = reader.TryReadCount(MinCommittableBytes, out int count)
            ? new (CheckpointId, int)[count]
            : throw reader.Damaged("no list of committables");
        for (int i = 0; i < pending.Length; i++)
        {
            pending[i] = (new CheckpointId(reader.ReadInt64()), (int)reader.ReadInt64(0, int.MaxValue));
        }

        return new SinkCommittables(subtask, last, pending);
    }
}

/// <summary>The layout of <see cref="CommittableSegment"/> in snapshots.</summary>
internal sealed class CommittableSegmentCodec : Codec<CommittableSegment>
{
    public override Schema Schema { get; } = Schema.Opaque("sink-output/1");

    public override void Write(CodecWriter writer, in CommittableSegment value) => writer.WriteBytes(value.Bytes.Span);

    public override CommittableSegment Read(CodecReader reader) => reader.TryReadBytes(out ReadOnlySpan<byte> bytes)
        ? new CommittableSegment(bytes.ToArray())
        : throw reader.Damaged("no segment of output");
}
