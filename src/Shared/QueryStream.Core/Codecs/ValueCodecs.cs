using System.Runtime.CompilerServices;

namespace QueryStream.Core.Codecs;

internal sealed class NullableCodec<T> : Codec<T?>
    where T : struct
{
    private static readonly Codec<T> Value = Codec<T>.Instance;

    public override Schema Schema { get; } = Schema.NullableOf(Value.Schema);

    public override void Write(CodecWriter writer, in T? value)
    {
        writer.WriteBoolean(value.HasValue);
        if (value.HasValue)
        {
            Value.Write(writer, value.GetValueOrDefault());
        }
    }

    public override T? Read(CodecReader reader) => reader.ReadBoolean() ? Value.Read(reader) : null;

    public override Decoder<T?> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this
        : written.Kind == SchemaKind.Nullable ? new Evolved(Value.DecoderOf(written.Members[0].Schema))
        : base.DecoderOf(written);

    private sealed class Evolved(Decoder<T> value) : Decoder<T?>
    {
        public override T? Read(CodecReader reader) => reader.ReadBoolean() ? value.Read(reader) : null;
    }
}

/// <summary>Writes enums as numbers, so that the enum and its members can be renamed and its underlying type widened.</summary>
internal sealed class EnumCodec<TEnum> : Codec<TEnum>
    where TEnum : struct, Enum
{
    private static readonly bool IsSigned = Type.GetTypeCode(typeof(TEnum)) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64;

    public override Schema Schema { get; } = Schema.Simple(SchemaKind.Enum, typeof(TEnum).Name);

    public override void Write(CodecWriter writer, in TEnum value) => writer.WriteInt64(Number(value));

    public override TEnum Read(CodecReader reader)
    {
        long number = reader.ReadInt64();
        TEnum value = Unsafe.SizeOf<TEnum>() switch
        {
            1 => Unsafe.BitCast<byte, TEnum>((byte)number),
            2 => Unsafe.BitCast<ushort, TEnum>((ushort)number),
            4 => Unsafe.BitCast<uint, TEnum>((uint)number),
            _ => Unsafe.BitCast<long, TEnum>(number),
        };
        return Number(value) == number ? value : throw reader.Damaged($"the number {number} of the enum {typeof(TEnum).Name}");
    }

    public override Decoder<TEnum> DecoderOf(Schema written) => written.Kind == SchemaKind.Enum ? this : base.DecoderOf(written);

    private static long Number(TEnum value) => Unsafe.SizeOf<TEnum>() switch
    {
        1 => IsSigned ? Unsafe.BitCast<TEnum, sbyte>(value) : Unsafe.BitCast<TEnum, byte>(value),
        2 => IsSigned ? Unsafe.BitCast<TEnum, short>(value) : Unsafe.BitCast<TEnum, ushort>(value),
        4 => IsSigned ? Unsafe.BitCast<TEnum, int>(value) : Unsafe.BitCast<TEnum, uint>(value),
        _ => Unsafe.BitCast<TEnum, long>(value),
    };
}
