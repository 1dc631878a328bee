namespace QueryStream.Core.Keys;

/// <summary>
/// Says which class makes keys of a type, or of all constructions of an open generic type (that class then has the same type parameters).
/// In the assembly that declares the type; written by the source generator for records all of whose members can be keys.
/// </summary>
/// <param name="type">The type.</param>
/// <param name="keyType">Its <see cref="KeyType{TKey}"/>, with a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class KeyTypeOfAttribute(Type type, Type keyType) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>Its key type.</summary>
    public Type KeyType { get; } = keyType;
}
