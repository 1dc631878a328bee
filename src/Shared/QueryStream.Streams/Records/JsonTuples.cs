using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>Tuples are lists of as many items.</summary>
internal static class JsonTuples
{
    public static bool TryBegin(ref Utf8JsonReader reader, JsonInput input) => reader.TokenType == JsonTokenType.StartArray || input.Refuse(ref reader, "a list");

    public static bool TryItem<T>(ref Utf8JsonReader reader, JsonInput input, int index, JsonFormat<T> format, out T item)
    {
        reader.Read();
        item = default!;
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            input.Missing(ref reader, "");
            return input.InElement(index);
        }

        return format.TryRead(ref reader, input, out item) || input.InElement(index);
    }

    public static bool TryEnd(ref Utf8JsonReader reader, JsonInput input)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray || input.Refuse(ref reader, "the end of the list");
    }
}
