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
