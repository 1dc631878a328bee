using QueryStream.Core.Codecs;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Connectors;

/// <summary>The layout of a <see cref="SplitPosition"/> in snapshots.</summary>
internal sealed class SplitPositionCodec : Codec<SplitPosition>
{
    public override Schema Schema { get; } = Schema.Opaque("split-position/1");

    public override void Write(CodecWriter writer, in SplitPosition value)
    {
        writer.WriteString(value.Split);
        writer.WriteInt64(value.Offset);
        writer.WriteInt64(value.Watermark.Milliseconds);
    }

    public override SplitPosition Read(CodecReader reader) => new(
        reader.ReadString() ?? throw reader.Damaged("a split without a name"), reader.ReadInt64(), new EventTime(reader.ReadInt64()));
}
