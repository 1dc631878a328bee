using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

[assembly: CodecOf(typeof(QueryStream.Streams.Connectors.SplitPosition), typeof(QueryStream.Streams.Connectors.SplitPositionCodec))]

namespace QueryStream.Streams.Connectors;

/// <summary>The position of a split in a snapshot.</summary>
/// <param name="Split">The split's name.</param>
/// <param name="Offset">The offset of the last processed record, including dead letters.</param>
/// <param name="Watermark">The split's watermark.</param>
public sealed record SplitPosition(string Split, long Offset, EventTime Watermark)
{
    /// <summary>The reader's state from <see cref="ISourceReader{T}.SnapshotSplit"/>; may be empty.</summary>
    public ReadOnlyMemory<byte> State { get; init; }
}

/// <summary>The layout of a <see cref="SplitPosition"/> in snapshots.</summary>
internal sealed class SplitPositionCodec : Codec<SplitPosition>
{
    public override Schema Schema { get; } = Schema.Opaque("split-position/2");

    public override void Write(CodecWriter writer, in SplitPosition value)
    {
        writer.WriteString(value.Split);
        writer.WriteInt64(value.Offset);
        writer.WriteInt64(value.Watermark.Milliseconds);
        writer.WriteBytes(value.State.Span);
    }

    public override SplitPosition Read(CodecReader reader) => new(
        reader.ReadString() ?? throw reader.Damaged("a split without a name"), reader.ReadInt64(), new EventTime(reader.ReadInt64()))
    {
        State = reader.TryReadBytes(out ReadOnlySpan<byte> state) ? state.ToArray() : throw reader.Damaged("a split without its state"),
    };
}

/// <summary>Reports that a split was read to its end.</summary>
/// <param name="Split">The index of the split in its subtask.</param>
/// <param name="At">The clock time when the external system confirmed it.</param>
/// <param name="IsFinal">Whether nothing can follow.</param>
public readonly record struct SplitEnd(int Split, EventTime At, bool IsFinal);

/// <summary>Consecutive rows of one split in a batch.</summary>
/// <param name="Split">The index of the split in its subtask.</param>
/// <param name="Rows">How many.</param>
/// <param name="MaxTime">Their latest event time.</param>
/// <param name="LastOffset">The position of the last record, including dead letters.</param>
public readonly record struct SplitRun(int Split, int Rows, EventTime MaxTime, long LastOffset);
