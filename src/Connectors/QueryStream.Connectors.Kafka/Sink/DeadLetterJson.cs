using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Kafka.Sink;

/// <summary>Writes dead letters as people and repair scripts want them; <see cref="KafkaStreams"/> documents the form.</summary>
internal static class DeadLetterJson
{
    // Letters of any language stay letters: the value is for people to read, and no HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(in DeadLetter letter, KafkaRecordBuilder record)
    {
        Encoding.UTF8.GetBytes($"{letter.Topic}-{letter.Partition}", record.Key);
        using Utf8JsonWriter json = new(record.Value, Options);
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

        // A value cut at its maximal length may end within a character: without that, it is text all the same.
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
