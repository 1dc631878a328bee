using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

[assembly: CodecOf(typeof(QueryStream.Streams.Connectors.SplitPosition), typeof(QueryStream.Streams.Connectors.SplitPositionCodec))]

namespace QueryStream.Streams.Connectors;

/// <summary>How far a split was processed, in a snapshot.</summary>
/// <param name="Split">The split's name.</param>
/// <param name="Offset">Of the last record that was processed, dead letters included.</param>
/// <param name="Watermark">The split's watermark.</param>
public sealed record SplitPosition(string Split, long Offset, EventTime Watermark)
{
    /// <summary>What the reader added, see <see cref="ISourceReader{T}.SnapshotSplit"/>; empty: nothing.</summary>
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
