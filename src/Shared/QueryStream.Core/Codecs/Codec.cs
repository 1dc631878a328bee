using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>
/// How values of a type become bytes, in frames between tasks and in snapshots, and come back. The bytes hold no names and no types:
/// whoever keeps them keeps <see cref="Schema"/> beside them. Lossless: the value read equals the value written, bit by bit in its numbers.
/// Stateless; safe on any thread, each with a writer of its own.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class Codec<T> : Decoder<T>
{
    /// <summary>
    /// The one instance for <typeparamref name="T"/>, found by <see cref="CodecRegistry"/>. In a static field, so that the JIT sees its exact class;
    /// so a type without a codec shows as a <see cref="TypeInitializationException"/> here, and should be refused by <see cref="Check"/> before.
    /// </summary>
    public static Codec<T> Instance { get; } = (Codec<T>)CodecRegistry.Create(typeof(T));

    /// <summary>The layout of the bytes.</summary>
    public abstract Schema Schema { get; }

    /// <summary>Whether the type has a codec.</summary>
    public static bool Exists => CodecRegistry.Has(typeof(T));

    /// <summary>Refuses a type that has no codec.</summary>
    /// <exception cref="JobDefinitionException">It has none; names the type, or the part of it that has none, and what to do.</exception>
    public static void Check() => CodecRegistry.Check(typeof(T));

    /// <summary>Writes a value.</summary>
    public abstract void Write(CodecWriter writer, in T value);

    /// <summary>
    /// What reads values that were written with another version of the type: members are matched by name, those that are new become their
    /// default value, those that are gone are skipped.
    /// </summary>
    /// <param name="written">The layout of the bytes.</param>
    /// <exception cref="SchemaMismatchException">The versions differ in more than that; names the member.</exception>
    public virtual Decoder<T> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : throw new SchemaMismatchException(typeof(T), written, Schema);
}
