using System.Text.Json;
using QueryStream.Core.Errors;

namespace QueryStream.Streams.Records;

/// <summary>
/// Reads and writes values of a type as JSON, without reflection. <see cref="JsonRowReader{T}"/> reads whole rows, and <see cref="JsonRowWriter{T}"/>
/// writes them. Stateless; safe on any thread if each thread has its own readers and writers.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class JsonFormat<T>
{
    /// <summary>
    /// The instance for <typeparamref name="T"/>: built in, or registered by a <see cref="JsonFormatOfAttribute"/>. Call <see cref="Check"/> first:
    /// for a type without one it throws a <see cref="TypeInitializationException"/>.
    /// </summary>
    public static JsonFormat<T> Instance { get; } = (JsonFormat<T>)JsonFormats.Create(typeof(T));

    /// <summary>Whether values can be property names. A dictionary with such keys is written as an object, otherwise as a list of pairs.</summary>
    public virtual bool CanBeName => false;

    /// <summary>The members of a record, in the order in which they are written; empty for other types.</summary>
    public virtual IReadOnlyList<JsonMember> Members => [];

    /// <summary>Whether the type has a JSON format.</summary>
    public static bool Exists => JsonFormats.Has(typeof(T));

    /// <summary>Throws if the type has no JSON format.</summary>
    /// <exception cref="JobDefinitionException">The type has none. The message names it, or its part without one, and says what to do.</exception>
    public static void Check() => JsonFormats.Check(typeof(T));

    /// <summary>Reads the value at the reader's position, and leaves the reader on the value's last token.</summary>
    /// <param name="reader">Positioned on the value's first token.</param>
    /// <param name="input">Stores the texts that are read, and the reason if the value is not of this type.</param>
    /// <param name="value">The value.</param>
    /// <returns>False if the value is not of this type; <paramref name="input"/> then has the reason.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public abstract bool TryRead(ref Utf8JsonReader reader, JsonInput input, out T value);

    /// <summary>Writes a value.</summary>
    public abstract void Write(Utf8JsonWriter writer, in T value);

    /// <summary>Reads a value from the property name at the reader's position.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanBeName"/> is false.</exception>
    public virtual bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out T value) => throw new NotSupportedException();

    /// <summary>Writes a value as a property name.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanBeName"/> is false.</exception>
    public virtual void WriteName(Utf8JsonWriter writer, in T value) => throw new NotSupportedException();
}

/// <summary>
/// Registers the JSON format of a type, in the assembly that declares the type. For an open generic type, the format has the same type parameters.
/// The source generator writes this attribute for records.
/// </summary>
/// <param name="type">The type.</param>
/// <param name="format">Its <see cref="JsonFormat{T}"/>, which has a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class JsonFormatOfAttribute(Type type, Type format) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>Its format.</summary>
    public Type Format { get; } = format;
}

/// <summary>A member of a record in its JSON format.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="DeclaredName">Its name in C#, which is also read.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether it is required.</param>
public sealed record JsonMember(string Name, string DeclaredName, Type Type, bool IsRequired);

/// <summary>How member names become JSON names. The JSON name is written; it and the name as declared are read.</summary>
public enum JsonNaming
{
    /// <summary><c>UserId</c> becomes <c>userId</c>.</summary>
    CamelCase,

    /// <summary><c>UserId</c> becomes <c>user_id</c>.</summary>
    SnakeCase,

    /// <summary><c>UserId</c> stays.</summary>
    AsDeclared,
}
