namespace QueryStream.Core.Codecs;

internal sealed class SByteCodec : Codec<sbyte>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.SignedInteger, "int8");

    public override void Write(CodecWriter writer, in sbyte value) => writer.WriteInt64(value);

    public override sbyte Read(CodecReader reader) => (sbyte)reader.ReadInt64(sbyte.MinValue, sbyte.MaxValue);
}

internal sealed class Int16Codec : Codec<short>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.SignedInteger, "int16");

    public override void Write(CodecWriter writer, in short value) => writer.WriteInt64(value);

    public override short Read(CodecReader reader) => (short)reader.ReadInt64(short.MinValue, short.MaxValue);
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

internal sealed class ByteCodec : Codec<byte>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.UnsignedInteger, "uint8");

    public override void Write(CodecWriter writer, in byte value) => writer.WriteUInt64(value);

    public override byte Read(CodecReader reader) => (byte)reader.ReadUInt64(byte.MaxValue);
}

internal sealed class UInt16Codec : Codec<ushort>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.UnsignedInteger, "uint16");

    public override void Write(CodecWriter writer, in ushort value) => writer.WriteUInt64(value);

    public override ushort Read(CodecReader reader) => (ushort)reader.ReadUInt64(ushort.MaxValue);
}

internal sealed class UInt32Codec : Codec<uint>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.UnsignedInteger, "uint32");

    public override void Write(CodecWriter writer, in uint value) => writer.WriteUInt64(value);

    public override uint Read(CodecReader reader) => (uint)reader.ReadUInt64(uint.MaxValue);
}

internal sealed class UInt64Codec : Codec<ulong>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.UnsignedInteger, "uint64");

    public override void Write(CodecWriter writer, in ulong value) => writer.WriteUInt64(value);

    public override ulong Read(CodecReader reader) => reader.ReadUInt64();
}

internal sealed class CharCodec : Codec<char>
{
    // As a number, which also works for half a surrogate pair.
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.UnsignedInteger, "char");

    public override void Write(CodecWriter writer, in char value) => writer.WriteUInt64(value);

    public override char Read(CodecReader reader) => (char)reader.ReadUInt64(char.MaxValue);
}

internal sealed class SingleCodec : Codec<float>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Single, "float");

    public override void Write(CodecWriter writer, in float value) => writer.WriteSingle(value);

    public override float Read(CodecReader reader) => reader.ReadSingle();
}

internal sealed class DoubleCodec : Codec<double>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Double, "double");

    public override void Write(CodecWriter writer, in double value) => writer.WriteDouble(value);

    public override double Read(CodecReader reader) => reader.ReadDouble();
}

internal sealed class DecimalCodec : Codec<decimal>
{
    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Decimal, "decimal");

    public override void Write(CodecWriter writer, in decimal value) => writer.WriteDecimal(value);

    public override decimal Read(CodecReader reader) => reader.ReadDecimal();
}
