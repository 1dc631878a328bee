using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>
/// A JSON value of any kind, not read yet: where it stands in the text. For a decoder that reads a record with <see cref="JsonRowReader{T}"/> and
/// decides itself what its values mean; it is no part of rows. <c>default</c>: the member is missing.
/// </summary>
/// <param name="Start">Its first byte; of a string, that behind the quote.</param>
/// <param name="Length">Its bytes, without quotes. Of an object or a list, only the bracket.</param>
/// <param name="Type">The kind of value.</param>
/// <param name="IsEscaped">Whether it is a string with escapes.</param>
public readonly record struct JsonToken(int Start, int Length, JsonTokenType Type, bool IsEscaped)
{
    /// <summary>Whether there is no value, or null.</summary>
    public bool IsMissing => Type is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>A string without its escapes; anything else as it is written.</summary>
    /// <param name="json">The text that was read.</param>
    /// <param name="buffer">Takes a string without its escapes, and grows to its length.</param>
    /// <param name="text">The value; valid as long as <paramref name="json"/> and <paramref name="buffer"/> are.</param>
    /// <returns>False for an escape that is half a surrogate pair, which is no character and has no UTF-8.</returns>
    public bool TryGetText(ReadOnlySpan<byte> json, ref byte[] buffer, out ReadOnlySpan<byte> text)
    {
        text = json.Slice(Start, Length);
        return !IsEscaped || TryUnescape(json, ref buffer, out text);
    }

    private bool TryUnescape(ReadOnlySpan<byte> json, ref byte[] buffer, out ReadOnlySpan<byte> text)
    {
        if (buffer.Length < Length)
        {
            buffer = new byte[Length * 2];
        }

        Utf8JsonReader reader = new(json.Slice(Start - 1, Length + 2));
        reader.Read();
        try
        {
            text = buffer.AsSpan(0, reader.CopyString(buffer));
            return true;
        }
        catch (InvalidOperationException)
        {
            text = default;
            return false;
        }
    }
}

/// <summary>Notes where a value stands, and skips it.</summary>
internal sealed class JsonTokenFormat : JsonFormat<JsonToken>
{
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out JsonToken value)
    {
        JsonTokenType type = reader.TokenType;
        int start = input.Offset + (int)reader.TokenStartIndex;
        value = type == JsonTokenType.String
            ? new JsonToken(start + 1, reader.ValueSpan.Length, type, reader.ValueIsEscaped)
            : new JsonToken(start, reader.ValueSpan.Length, type, IsEscaped: false);
        if (type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        return true;
    }

    /// <exception cref="NotSupportedException">Always: the text is gone.</exception>
    public override void Write(Utf8JsonWriter writer, in JsonToken value) =>
        throw new NotSupportedException("A JsonToken only says where a value stood in a text that was read; it cannot be written.");
}
