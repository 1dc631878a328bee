using System.Text;
using System.Text.Json;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Records;

internal sealed class UnitFormat : JsonFormat<Unit>
{
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out Unit value)
    {
        value = default;
        reader.Skip();
        return true;
    }

    public override void Write(Utf8JsonWriter writer, in Unit value) => writer.WriteNullValue();
}

internal sealed class BooleanFormat : JsonFormat<bool>
{
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return value || reader.TokenType == JsonTokenType.False || input.Refuse(ref reader, "true or false");
    }

    public override void Write(Utf8JsonWriter writer, in bool value) => writer.WriteBooleanValue(value);
}

internal sealed class CharFormat : JsonFormat<char>
{
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out char value)
    {
        value = default;
        if (!input.TryString(ref reader, out ReadOnlySpan<byte> text))
        {
            return false;
        }

        if (Rune.DecodeFromUtf8(text, out Rune rune, out int length) != System.Buffers.OperationStatus.Done || length < text.Length || !rune.IsBmp)
        {
            return input.Refuse(ref reader, "a string of one character");
        }

        value = (char)rune.Value;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, in char value) => writer.WriteStringValue(new ReadOnlySpan<char>(in value));
}

internal sealed class StringFormat : JsonFormat<string?>
{
    public override bool CanBeName => true;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out string? value)
    {
        value = null;
        return reader.TokenType == JsonTokenType.Null || TryReadName(ref reader, input, out value);
    }

    public override bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out string? value)
    {
        bool isText = input.TryString(ref reader, out ReadOnlySpan<byte> text);
        value = isText ? Encoding.UTF8.GetString(text) : null;
        return isText;
    }

    public override void Write(Utf8JsonWriter writer, in string? value) => writer.WriteStringValue(value);

    public override void WriteName(Utf8JsonWriter writer, in string? value) => writer.WritePropertyName(value ?? "");
}

internal sealed class TextFormat : JsonFormat<Text>
{
    public override bool CanBeName => true;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out Text value)
    {
        value = default;
        return reader.TokenType == JsonTokenType.Null || TryReadName(ref reader, input, out value);
    }

    public override bool TryReadName(ref Utf8JsonReader reader, JsonInput input, out Text value)
    {
        bool isText = input.TryString(ref reader, out ReadOnlySpan<byte> text);
        value = isText ? input.Texts.Add(text) : default;
        return isText;
    }

    public override void Write(Utf8JsonWriter writer, in Text value)
    {
        if (value.HasValue)
        {
            writer.WriteStringValue(value.Bytes);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    public override void WriteName(Utf8JsonWriter writer, in Text value) => writer.WritePropertyName(value.Bytes);
}

/// <summary>Bytes in base 64.</summary>
internal sealed class BytesFormat : JsonFormat<byte[]?>
{
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out byte[]? value)
    {
        value = null;
        return reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out value))
            || input.Refuse(ref reader, "a string in base 64");
    }

    public override void Write(Utf8JsonWriter writer, in byte[]? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteBase64StringValue(value);
        }
    }
}

internal sealed class NullableFormat<T> : JsonFormat<T?>
    where T : struct
{
    private static readonly JsonFormat<T> Value = JsonFormat<T>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out T? value)
    {
        value = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (!Value.TryRead(ref reader, input, out T some))
        {
            return false;
        }

        value = some;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, in T? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Value.Write(writer, value.GetValueOrDefault());
        }
    }
}
