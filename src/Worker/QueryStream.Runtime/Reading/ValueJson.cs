using System.Text.Json;
using QueryStream.Core.Codecs;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Records;

namespace QueryStream.Runtime.Reading;

/// <summary>Writes values of state as JSON: in their own format, else as their codec lays them out, else as their text.</summary>
/// <typeparam name="T">The values.</typeparam>
internal static class ValueJson<T>
{
    private const int MaxText = 1_000;

    private static readonly bool HasFormat = JsonFormat<T>.Exists;
    private static readonly bool HasCodec = Codec<T>.Exists;

    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter json, in T value)
    {
        if (value is null)
        {
            json.WriteNullValue();
        }
        else if (HasFormat)
        {
            JsonFormat<T>.Instance.Write(json, value);
        }
        else if (HasCodec)
        {
            CodecWriter bytes = new();
            Codec<T>.Instance.Write(bytes, value);
            SchemaJson.Write(json, Codec<T>.Instance.Schema, new CodecReader(bytes.Written.ToArray()));
        }
        else
        {
            json.WriteStringValue(RowText.Of(value, MaxText));
        }
    }
}
