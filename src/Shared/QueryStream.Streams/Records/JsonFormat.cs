using System.Text.Json;
using QueryStream.Core.Errors;

namespace QueryStream.Streams.Records;

/// <summary>
/// Reads and writes values of a type as JSON, without reflection. <see cref="JsonRowReader{T}"/> reads whole rows, and
/// <see cref="JsonRowWriter{T}"/> writes them. Stateless; safe on any thread, each with readers and writers of its own.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class JsonFormat<T>
{
    /// <summary>
    /// The one instance for <typeparamref name="T"/>: built in, or named by a <see cref="JsonFormatOfAttribute"/>. Call <see cref="Check"/> first: for a
    /// type without one this throws a <see cref="TypeInitializationException"/>.
    /// </summary>
    public static JsonFormat<T> Instance { get; } = (JsonFormat<T>)JsonFormats.Create(typeof(T));

    /// <summary>Whether values can be names in a JSON object. A dictionary with such keys is an object, and with others a list of pairs.</summary>
    public virtual bool CanBeName => false;

    /// <summary>Of a record: its members, in the order in which they are written. Empty for what is no record.</summary>
    public virtual IReadOnlyList<JsonMember> Members => [];

    /// <summary>Refuses a type that has no JSON format.</summary>
    /// <exception cref="JobDefinitionException">It has none; names the type, or the part of it that has none, and what to do.</exception>
    public static void Check() => JsonFormats.Check(typeof(T));

    /// <summary>Reads the value that the reader stands on, and leaves it on the value's last token.</summary>
    /// <param name="reader">Stands on the value's first token.</param>
    /// <param name="input">Holds the texts that are read, and the reason where the value is not of this type.</param>
    /// <param name="value">The value.</param>
    /// <returns>False if the value is not of this type; <paramref name="input"/> has the reason.</returns>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public abstract bool TryRead(ref Utf8JsonReader reader, JsonInput input, out T value);

    /// <summary>Writes a value.</summary>
    public abstract void Write(Utf8JsonWriter writer, in T value);

    /// <summary>Reads a value from the name that the reader stands on.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanBeName"/> is false.</exception>
    public virtual bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out T value) => throw new NotSupportedException();

    /// <summary>Writes a value as a name.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanBeName"/> is false.</exception>
    public virtual void WriteName(Utf8JsonWriter writer, in T value) => throw new NotSupportedException();
}

/// <summary>
/// Names the class that reads and writes a type as JSON. For an open generic type, that class has the same type parameters. Belongs into the assembly
/// that declares the type; the source generator writes it, or you do.
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

/// <summary>A member of a record, as its JSON format has it.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="DeclaredName">Its name in C#, which is read too.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether it must be there.</param>
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
