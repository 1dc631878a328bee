using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>What lists share.</summary>
/// <typeparam name="TCollection">The collection.</typeparam>
/// <typeparam name="T">Its elements.</typeparam>
internal abstract class CollectionFormat<TCollection, T> : JsonFormat<TCollection>
{
    private static readonly JsonFormat<T> Element = JsonFormat<T>.Instance;

    public sealed override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out TCollection value)
    {
        value = default!;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return input.Refuse(ref reader, "a list");
        }

        List<T> elements = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!Element.TryRead(ref reader, input, out T element))
            {
                return input.InElement(elements.Count);
            }

            elements.Add(element);
        }

        value = From(elements);
        return true;
    }

    protected static void WriteAll(Utf8JsonWriter writer, ReadOnlySpan<T> elements)
    {
        writer.WriteStartArray();
        foreach (ref readonly T element in elements)
        {
            Element.Write(writer, element);
        }

        writer.WriteEndArray();
    }

    protected static void WriteAll(Utf8JsonWriter writer, IReadOnlyCollection<T> elements)
    {
        writer.WriteStartArray();
        foreach (T element in elements)
        {
            Element.Write(writer, element);
        }

        writer.WriteEndArray();
    }

    protected abstract TCollection From(List<T> elements);
}
