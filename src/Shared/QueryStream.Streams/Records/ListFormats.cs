using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>The base of lists.</summary>
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

internal sealed class ArrayFormat<T> : CollectionFormat<T[]?, T>
{
    public override void Write(Utf8JsonWriter writer, in T[]? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteAll(writer, value.AsSpan());
        }
    }

    protected override T[]? From(List<T> elements) => [.. elements];
}

internal sealed class ImmutableArrayFormat<T> : CollectionFormat<ImmutableArray<T>, T>
{
    public override void Write(Utf8JsonWriter writer, in ImmutableArray<T> value)
    {
        if (value.IsDefault)
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteAll(writer, value.AsSpan());
        }
    }

    protected override ImmutableArray<T> From(List<T> elements) => [.. elements];
}

internal sealed class ListFormat<T> : CollectionFormat<List<T>?, T>
{
    public override void Write(Utf8JsonWriter writer, in List<T>? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteAll(writer, CollectionsMarshal.AsSpan(value));
        }
    }

    protected override List<T>? From(List<T> elements) => elements;
}

internal sealed class ReadOnlyListFormat<T> : CollectionFormat<IReadOnlyList<T>?, T>
{
    public override void Write(Utf8JsonWriter writer, in IReadOnlyList<T>? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteAll(writer, value);
        }
    }

    protected override IReadOnlyList<T>? From(List<T> elements) => elements.ToArray();
}

internal sealed class HashSetFormat<T> : CollectionFormat<HashSet<T>?, T>
{
    public override void Write(Utf8JsonWriter writer, in HashSet<T>? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteAll(writer, value);
        }
    }

    protected override HashSet<T>? From(List<T> elements) => [.. elements];
}
