using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Codecs;

internal sealed class UnitCodec : Codec<Unit>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Unit, "unit");

    public override void Write(CodecWriter writer, in Unit value)
    {
    }

    public override Unit Read(CodecReader reader) => default;
}

internal sealed class BooleanCodec : Codec<bool>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Boolean, "bool");

    public override void Write(CodecWriter writer, in bool value) => writer.WriteBoolean(value);

    public override bool Read(CodecReader reader) => reader.ReadBoolean();
}

internal sealed class TextCodec : Codec<Text>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Text, "text");

    public override void Write(CodecWriter writer, in Text value) => writer.WriteText(value);

    public override Text Read(CodecReader reader) => reader.ReadText();
}

internal sealed class StringCodec : Codec<string?>
{
    // The same layout as Text, so that a member may change from one to the other.
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Text, "text");

    public override void Write(CodecWriter writer, in string? value) => writer.WriteString(value);

    public override string? Read(CodecReader reader) => reader.ReadString();
}

internal sealed class BytesCodec : Codec<byte[]?>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Bytes, "bytes");

    public override void Write(CodecWriter writer, in byte[]? value)
    {
        if (value is null)
        {
            writer.WriteNone();
        }
        else
        {
            writer.WriteBytes(value);
        }
    }

    public override byte[]? Read(CodecReader reader) => reader.TryReadBytes(out ReadOnlySpan<byte> bytes) ? bytes.ToArray() : null;
}

internal sealed class GuidCodec : Codec<Guid>
{
    private const int Size = 16;

    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Guid, "guid");

    public override void Write(CodecWriter writer, in Guid value) => value.TryWriteBytes(writer.Reserve(Size), bigEndian: true, out _);

    public override Guid Read(CodecReader reader) => new(reader.ReadRaw(Size), bigEndian: true);
}

/// <summary>The layout of a <see cref="RecordPosition"/>: a tuple of both numbers.</summary>
internal sealed class RecordPositionCodec : SurrogateCodec<RecordPosition, (int Partition, long Offset)>
{
    protected override (int Partition, long Offset) To(in RecordPosition value) => (value.Partition, value.Offset);

    protected override RecordPosition From(in (int Partition, long Offset) surrogate, CodecReader reader) =>
        new(surrogate.Partition, surrogate.Offset);
}
