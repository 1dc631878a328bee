namespace QueryStream.Core.Codecs;

/// <summary>
/// Reads values of one type from bytes of one known layout: the type's own (<see cref="Codec{T}"/>), or that of an older or newer
/// version of it (<see cref="Codec{T}.DecoderOf"/>). Stateless; safe on any thread, each with a reader of its own.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class Decoder<T>
{
    /// <summary>Reads the next value.</summary>
    /// <exception cref="CodecException">The bytes are not what a writer of this layout writes.</exception>
    public abstract T Read(CodecReader reader);
}
