namespace QueryStream.Core.Codecs;

/// <summary>
/// Says which class is the codec of a type, or of all constructions of an open generic type (the codec then has the same type parameters).
/// In the assembly that declares the type; written by the source generator, and by hand for the engine's own types.
/// </summary>
/// <param name="type">The type.</param>
/// <param name="codec">Its codec, with a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class CodecOfAttribute(Type type, Type codec) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>Its codec.</summary>
    public Type Codec { get; } = codec;
}
