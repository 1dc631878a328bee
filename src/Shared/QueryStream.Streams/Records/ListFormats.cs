using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace QueryStream.Streams.Records;

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
