namespace QueryStream.Streams.Records;

/// <summary>
/// Says which class reads and writes a type as JSON, or all constructions of an open generic type (that class then has the same type
/// parameters). In the assembly that declares the type; written by the source generator, or by hand.
/// </summary>
/// <param name="type">The type.</param>
/// <param name="format">Its <see cref="JsonFormat{T}"/>, with a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class JsonFormatOfAttribute(Type type, Type format) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>Its format.</summary>
    public Type Format { get; } = format;
}
