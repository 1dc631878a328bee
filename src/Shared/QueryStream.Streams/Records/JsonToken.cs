using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>
/// The position of an unparsed JSON value in its text. For decoders that read a record with <see cref="JsonRowReader{T}"/> and interpret its values
/// themselves; not for rows. <c>default</c>: the member is missing.
/// </summary>
/// <param name="Start">Its first byte; of a string, the byte after the quote.</param>
/// <param name="Length">Its length in bytes, without quotes; of an object or a list, only the bracket.</param>
/// <param name="Type">The kind of value.</param>
/// <param name="IsEscaped">Whether it is a string with escapes.</param>
public readonly record struct JsonToken(int Start, int Length, JsonTokenType Type, bool IsEscaped)
{
    /// <summary>Whether the value is missing or null.</summary>
    public bool IsMissing => Type is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>The text of the value; strings are unescaped.</summary>
    /// <param name="json">The text that was read.</param>
    /// <param name="buffer">A buffer for unescaped strings; it grows as needed.</param>
    /// <param name="text">The text; valid as long as <paramref name="json"/> and <paramref name="buffer"/>.</param>
    /// <returns>False for an escape that is half a surrogate pair, which is not a character and has no UTF-8.</returns>
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

/// <summary>Stores the position of a value, and skips it.</summary>
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

    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Write(Utf8JsonWriter writer, in JsonToken value) =>
        throw new NotSupportedException("A JsonToken only says where a value stood in a text that was read; it cannot be written.");
}
