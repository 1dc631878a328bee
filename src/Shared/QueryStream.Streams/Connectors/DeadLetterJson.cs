using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// Writes dead letters as JSON, the same for every kind of sink: an object with <c>topic</c>, <c>partition</c>, <c>offset</c>, <c>reason</c>,
/// <c>detail</c>, and the record's value as <c>value</c> if it is UTF-8, else as <c>value_base64</c>; <c>"value":null</c> if there is none.
/// </summary>
public static class DeadLetterJson
{
    // Does not escape letters of any language: the text is for people, and is not HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the object, without white space.</summary>
    public static void Write(in DeadLetter letter, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter json = new(output, Options);
        json.WriteStartObject();
        json.WriteString("topic"u8, letter.Topic);
        json.WriteNumber("partition"u8, letter.Partition);
        json.WriteNumber("offset"u8, letter.Offset);
        json.WriteString("reason"u8, letter.Reason);
        json.WriteString("detail"u8, letter.Detail);
        WriteValue(json, letter.Value);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, byte[]? value)
    {
        if (value is null)
        {
            json.WriteNull("value"u8);
            return;
        }

        // A truncated value may end inside of a character, which is left out.
        ReadOnlySpan<byte> text = value.Length == DeadLetter.MaxValueBytes ? WithoutCutCharacter(value) : value;
        if (Utf8.IsValid(text))
        {
            json.WriteString("value"u8, text);
        }
        else
        {
            json.WriteBase64String("value_base64"u8, value);
        }
    }

    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> value)
    {
        for (int cut = 1; cut <= 3; cut++)
        {
            if (Rune.DecodeFromUtf8(value[^cut..], out _, out _) == OperationStatus.NeedMoreData)
            {
                return value[..^cut];
            }
        }

        return value;
    }
}
