using System.Text.Json;
using QueryStream.Core.Errors;

namespace QueryStream.Streams.Records;

/// <summary>
/// How values of a type are read from JSON and written to it, without reflection. Whole rows are read by <see cref="JsonRowReader{T}"/> and
/// written by <see cref="JsonRowWriter{T}"/>. Stateless; safe on any thread, each with readers and writers of its own.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class JsonFormat<T>
{
    /// <summary>
    /// The one instance for <typeparamref name="T"/>: built in, or named by a <see cref="JsonFormatOfAttribute"/>. A type without one shows as a
    /// <see cref="TypeInitializationException"/> here, and should be refused by <see cref="Check"/> before.
    /// </summary>
    public static JsonFormat<T> Instance { get; } = (JsonFormat<T>)JsonFormats.Create(typeof(T));

    /// <summary>Whether values can be names in a JSON object, so that a dictionary by them is one. Otherwise it is a list of pairs.</summary>
    public virtual bool CanBeName => false;

    /// <summary>Of a record: its members, in the order in which they are written. Empty for what is no record.</summary>
    public virtual IReadOnlyList<JsonMember> Members => [];

    /// <summary>Refuses a type that has no JSON format.</summary>
    /// <exception cref="JobDefinitionException">It has none; names the type, or the part of it that has none, and what to do.</exception>
    public static void Check() => JsonFormats.Check(typeof(T));

    /// <summary>Reads the value that the reader stands on, and leaves it on the value's last token.</summary>
    /// <param name="reader">Stands on the value's first token.</param>
    /// <param name="input">Takes texts in, and the reason where the value is not of this type.</param>
    /// <param name="value">The value.</param>
    /// <returns>False if it is not of this type; <paramref name="input"/> then knows why.</returns>
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
