using System.Globalization;
using System.Text;
using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>The base of times and GUIDs: short strings in a fixed form, independent of culture and time zone.</summary>
/// <typeparam name="T">The type.</typeparam>
internal abstract class PrintedFormat<T> : JsonFormat<T>
    where T : struct, IUtf8SpanFormattable
{
    private const int MaxLength = 64;

    public sealed override bool CanBeName => true;

    /// <summary>The expected form, for messages.</summary>
    protected abstract string Expected { get; }

    /// <summary>The form that is written.</summary>
    protected abstract string Form { get; }

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out T value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.String ? TryReadName(ref reader, input, out value) : input.Refuse(ref reader, Expected);
    }

    public sealed override bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out T value)
    {
        value = default;
        if (!input.TryString(ref reader, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        Span<char> characters = stackalloc char[MaxLength];
        return (text.Length <= MaxLength && TryParse(characters[..Encoding.UTF8.GetChars(text, characters)], out value))
            || input.Refuse(ref reader, Expected);
    }

    public override void Write(Utf8JsonWriter writer, in T value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out int length, Form, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    public sealed override void WriteName(Utf8JsonWriter writer, in T value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        value.TryFormat(text, out int length, Form, CultureInfo.InvariantCulture);
        writer.WritePropertyName(text[..length]);
    }

    /// <summary>Reads one of the forms.</summary>
    protected abstract bool TryParse(ReadOnlySpan<char> text, out T value);
}
