using QueryStream.Core.Texts;

namespace QueryStream.Core.Codecs;

internal sealed class BooleanCodec : Codec<bool>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Boolean, "bool");

    public override void Write(CodecWriter writer, in bool value) => writer.WriteBoolean(value);

    public override bool Read(CodecReader reader) => reader.ReadBoolean();
}

internal sealed class Int32Codec : Codec<int>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.SignedInteger, "int32");

    public override void Write(CodecWriter writer, in int value) => writer.WriteInt64(value);

    public override int Read(CodecReader reader) => (int)reader.ReadInt64(int.MinValue, int.MaxValue);
}

internal sealed class Int64Codec : Codec<long>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.SignedInteger, "int64");

    public override void Write(CodecWriter writer, in long value) => writer.WriteInt64(value);

    public override long Read(CodecReader reader) => reader.ReadInt64();
}

internal sealed class DoubleCodec : Codec<double>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Double, "double");

    public override void Write(CodecWriter writer, in double value) => writer.WriteDouble(value);

    public override double Read(CodecReader reader) => reader.ReadDouble();
}

internal sealed class TextCodec : Codec<Text>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Text, "text");

    public override void Write(CodecWriter writer, in Text value) => writer.WriteText(value);

    public override Text Read(CodecReader reader) => reader.ReadText();
}
