using System.Globalization;
using System.Numerics;
using System.Text.Json;
using QueryStream.Core.Codecs;

namespace QueryStream.Runtime.Reading;

/// <summary>Writes encoded values as JSON by their layout alone: accumulators have no JSON format of their own.</summary>
internal static class SchemaJson
{
    /// <summary>Writes the next value.</summary>
    /// <exception cref="CodecException">The bytes do not have this layout.</exception>
    public static void Write(Utf8JsonWriter json, Schema schema, CodecReader reader)
    {
        if (!schema.CanBeSkipped)
        {
            // Where it ends is not known, so neither are its parts.
            json.WriteStringValue(schema.ToString());
            return;
        }

        switch (schema.Kind)
        {
            case SchemaKind.Unit:
                json.WriteNullValue();
                break;
            case SchemaKind.Boolean:
                json.WriteBooleanValue(reader.ReadBoolean());
                break;
            case SchemaKind.SignedInteger or SchemaKind.Time or SchemaKind.Enum:
                json.WriteNumberValue(reader.ReadInt64());
                break;
            case SchemaKind.UnsignedInteger:
                json.WriteNumberValue(reader.ReadUInt64());
                break;
            case SchemaKind.OffsetTime:
                json.WriteStartArray();
                json.WriteNumberValue(reader.ReadInt64());
                json.WriteNumberValue(reader.ReadInt64());
                json.WriteEndArray();
                break;
            case SchemaKind.Single:
                WriteFloat(json, reader.ReadSingle());
                break;
            case SchemaKind.Double:
                WriteFloat(json, reader.ReadDouble());
                break;
            case SchemaKind.Decimal:
                json.WriteNumberValue(reader.ReadDecimal());
                break;
            case SchemaKind.Guid:
                json.WriteStringValue(new Guid(reader.ReadRaw(16), bigEndian: true));
                break;
            case SchemaKind.Text:
                WriteText(json, reader);
                break;
            case SchemaKind.Bytes:
                WriteBytes(json, reader);
                break;
            case SchemaKind.Nullable:
                WriteNullable(json, schema, reader);
                break;
            case SchemaKind.Record:
                WriteRecord(json, schema, reader);
                break;
            default:
                WriteElements(json, schema, reader);
                break;
        }
    }

    private static void WriteFloat<T>(Utf8JsonWriter json, T value)
        where T : IFloatingPointIeee754<T>
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        if (T.IsFinite(value))
        {
            json.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    private static void WriteText(Utf8JsonWriter json, CodecReader reader)
    {
        if (reader.TryReadBytes(out ReadOnlySpan<byte> utf8))
        {
            json.WriteStringValue(utf8);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteBytes(Utf8JsonWriter json, CodecReader reader)
    {
        if (reader.TryReadBytes(out ReadOnlySpan<byte> bytes))
        {
            json.WriteBase64StringValue(bytes);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteNullable(Utf8JsonWriter json, Schema schema, CodecReader reader)
    {
        if (reader.ReadBoolean())
        {
            Write(json, schema.Members[0].Schema, reader);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteRecord(Utf8JsonWriter json, Schema schema, CodecReader reader)
    {
        json.WriteStartObject();
        foreach (SchemaMember member in schema.Members)
        {
            json.WritePropertyName(member.Name);
            Write(json, member.Schema, reader);
        }

        json.WriteEndObject();
    }

    // A list, or a map as a list of pairs.
    private static void WriteElements(Utf8JsonWriter json, Schema schema, CodecReader reader)
    {
        int minBytes = schema.Members.Sum(part => part.Schema.MinBytes);
        if (!reader.TryReadCount(minBytes, out int count))
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            if (schema.Kind == SchemaKind.Map)
            {
                WriteRecord(json, schema, reader);
            }
            else
            {
                Write(json, schema.Members[0].Schema, reader);
            }

            if (minBytes == 0)
            {
                reader.ReadPadding();
            }
        }

        json.WriteEndArray();
    }
}
