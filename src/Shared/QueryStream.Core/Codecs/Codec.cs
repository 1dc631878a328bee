using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Writes values of a type as bytes, for frames between tasks and for snapshots, and reads them back. Lossless: the value read equals the value
/// written, and numbers keep every bit. The bytes hold no names and no types, so a snapshot stores <see cref="Schema"/> with them. Stateless; safe on
/// any thread if each thread has its own writer.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class Codec<T> : Decoder<T>
{
    /// <summary>
    /// The one instance for <typeparamref name="T"/>, found by <see cref="CodecRegistry"/>. Call <see cref="Check"/> first: for a type without a
    /// codec this throws a <see cref="TypeInitializationException"/>, since the instance is in a static field, where the JIT sees its exact class.
    /// </summary>
    public static Codec<T> Instance { get; } = (Codec<T>)CodecRegistry.Create(typeof(T));

    /// <summary>The layout of the bytes.</summary>
    public abstract Schema Schema { get; }

    /// <summary>Whether the type has a codec.</summary>
    public static bool Exists => CodecRegistry.Has(typeof(T));

    /// <summary>Throws if the type has no codec.</summary>
    /// <exception cref="JobDefinitionException">The type has none. The message names it, or its part without one, and says what to do.</exception>
    public static void Check() => CodecRegistry.Check(typeof(T));

    /// <summary>Writes a value.</summary>
    public abstract void Write(CodecWriter writer, in T value);

    /// <summary>
    /// Creates a decoder for values that another version of the type wrote. Members are matched by name: new ones get their default value, removed
    /// ones are skipped.
    /// </summary>
    /// <param name="written">The layout of the bytes.</param>
    /// <exception cref="SchemaMismatchException">The versions differ in another way; the message names the member.</exception>
    public virtual Decoder<T> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : throw new SchemaMismatchException(typeof(T), written, Schema);
}

/// <summary>
/// Reads values of one type from bytes of one known layout: the type's own (<see cref="Codec{T}"/>), or that of an older or newer version of it
/// (<see cref="Codec{T}.DecoderOf"/>). Stateless; safe on any thread if each thread has its own reader.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class Decoder<T>
{
    /// <summary>Reads the next value.</summary>
    /// <exception cref="CodecException">The bytes do not have this layout.</exception>
    public abstract T Read(CodecReader reader);
}

/// <summary>
/// Registers the codec of a type, in the assembly that declares the type. For an open generic type, the codec has the same type parameters. The
/// source generator writes this attribute for records.
/// </summary>
/// <param name="type">The type.</param>
/// <param name="codec">Its codec, which has a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class CodecOfAttribute(Type type, Type codec) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>Its codec.</summary>
    public Type Codec { get; } = codec;
}
