namespace QueryStream.Core.Codecs;

/// <summary>
/// Writes values as another type that has a codec, such as a tuple of their parts. They evolve like that type: items can be added at the end of a
/// tuple.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <typeparam name="TSurrogate">The type that is written instead.</typeparam>
public abstract class SurrogateCodec<T, TSurrogate> : Codec<T>
{
    private static readonly Codec<TSurrogate> Surrogate = Codec<TSurrogate>.Instance;

    /// <inheritdoc/>
    public sealed override Schema Schema => Surrogate.Schema;

    /// <inheritdoc/>
    public sealed override void Write(CodecWriter writer, in T value) => Surrogate.Write(writer, To(value));

    /// <inheritdoc/>
    public sealed override T Read(CodecReader reader) => From(Surrogate.Read(reader), reader);

    /// <inheritdoc/>
    public sealed override Decoder<T> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(this, Surrogate.DecoderOf(written));

    /// <summary>Converts a value to what is written.</summary>
    protected abstract TSurrogate To(in T value);

    /// <summary>Converts what was read to a value.</summary>
    /// <param name="surrogate">What was read.</param>
    /// <param name="reader">The reader, for the error if no value can be made.</param>
    protected abstract T From(in TSurrogate surrogate, CodecReader reader);

    private sealed class Evolved(SurrogateCodec<T, TSurrogate> codec, Decoder<TSurrogate> surrogate) : Decoder<T>
    {
        public override T Read(CodecReader reader) => codec.From(surrogate.Read(reader), reader);
    }
}
