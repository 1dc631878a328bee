using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace QueryStream.Core.Codecs;

/// <summary>
/// The base of collections: a count plus one (0: none), then the elements. An element whose layout may take no bytes is followed by a
/// zero byte, so that every count can be checked against the bytes that are left.
/// </summary>
/// <typeparam name="TCollection">The collection.</typeparam>
/// <typeparam name="T">Its elements.</typeparam>
internal abstract class CollectionCodec<TCollection, T> : Codec<TCollection>
{
    private static readonly Codec<T> Element = Codec<T>.Instance;
    private static readonly int ElementBytes = Element.Schema.MinBytes;

    public sealed override Schema Schema { get; } = Schema.ListOf(Element.Schema);

    public sealed override TCollection Read(CodecReader reader) => Read(reader, Element, ElementBytes);

    public sealed override Decoder<TCollection> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this
        : written.Kind == SchemaKind.List ? new Evolved(this, Element.DecoderOf(written.Members[0].Schema), written.Members[0].Schema.MinBytes)
        : base.DecoderOf(written);

    protected static void WriteAll(CodecWriter writer, ReadOnlySpan<T> elements)
    {
        writer.WriteCount(elements.Length);
        foreach (ref readonly T element in elements)
        {
            WriteElement(writer, element);
        }
    }

    protected static void WriteElement(CodecWriter writer, in T element)
    {
        Element.Write(writer, element);
        if (ElementBytes == 0)
        {
            writer.WriteByte(0);
        }
    }

    /// <summary>Reads all elements; null if there is no collection.</summary>
    protected static T[]? ReadAll(CodecReader reader, Decoder<T> element, int elementBytes)
    {
        if (!reader.TryReadCount(elementBytes, out int count))
        {
            return null;
        }

        T[] elements = count == 0 ? [] : new T[count];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = ReadElement(reader, element, elementBytes);
        }

        return elements;
    }

    protected static T ReadElement(CodecReader reader, Decoder<T> element, int elementBytes)
    {
        T value = element.Read(reader);
        if (elementBytes == 0)
        {
            reader.ReadPadding();
        }

        return value;
    }

    /// <summary>Reads a collection.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="element">Reads an element.</param>
    /// <param name="elementBytes">The minimum size of one; 0: it is padded.</param>
    protected abstract TCollection Read(CodecReader reader, Decoder<T> element, int elementBytes);

    private sealed class Evolved(CollectionCodec<TCollection, T> codec, Decoder<T> element, int elementBytes) : Decoder<TCollection>
    {
        public override TCollection Read(CodecReader reader) => codec.Read(reader, element, elementBytes);
    }
}

internal sealed class ArrayCodec<T> : CollectionCodec<T[]?, T>
{
    public override void Write(CodecWriter writer, in T[]? value)
    {
        if (value is null)
        {
            writer.WriteNone();
        }
        else
        {
            WriteAll(writer, value);
        }
    }

    protected override T[]? Read(CodecReader reader, Decoder<T> element, int elementBytes) => ReadAll(reader, element, elementBytes);
}

internal sealed class ImmutableArrayCodec<T> : CollectionCodec<ImmutableArray<T>, T>
{
    public override void Write(CodecWriter writer, in ImmutableArray<T> value)
    {
        if (value.IsDefault)
        {
            writer.WriteNone();
        }
        else
        {
            WriteAll(writer, value.AsSpan());
        }
    }

    protected override ImmutableArray<T> Read(CodecReader reader, Decoder<T> element, int elementBytes) =>
        ImmutableCollectionsMarshal.AsImmutableArray(ReadAll(reader, element, elementBytes));
}

internal sealed class ListCodec<T> : CollectionCodec<List<T>?, T>
{
    public override void Write(CodecWriter writer, in List<T>? value)
    {
        if (value is null)
        {
            writer.WriteNone();
        }
        else
        {
            WriteAll(writer, CollectionsMarshal.AsSpan(value));
        }
    }

    protected override List<T>? Read(CodecReader reader, Decoder<T> element, int elementBytes)
    {
        if (!reader.TryReadCount(elementBytes, out int count))
        {
            return null;
        }

        List<T> list = new(count);
        for (int i = 0; i < count; i++)
        {
            list.Add(ReadElement(reader, element, elementBytes));
        }

        return list;
    }
}

internal sealed class ReadOnlyListCodec<T> : CollectionCodec<IReadOnlyList<T>?, T>
{
    public override void Write(CodecWriter writer, in IReadOnlyList<T>? value)
    {
        if (value is null)
        {
            writer.WriteNone();
            return;
        }

        int count = value.Count;
        writer.WriteCount(count);
        for (int i = 0; i < count; i++)
        {
            WriteElement(writer, value[i]);
        }
    }

    protected override IReadOnlyList<T>? Read(CodecReader reader, Decoder<T> element, int elementBytes) => ReadAll(reader, element, elementBytes);
}

internal sealed class HashSetCodec<T> : CollectionCodec<HashSet<T>?, T>
{
    public override void Write(CodecWriter writer, in HashSet<T>? value)
    {
        if (value is null)
        {
            writer.WriteNone();
            return;
        }

        writer.WriteCount(value.Count);
        foreach (T element in value)
        {
            WriteElement(writer, element);
        }
    }

    // Bytes that were written as a list may contain an element twice.
    protected override HashSet<T>? Read(CodecReader reader, Decoder<T> element, int elementBytes)
    {
        if (!reader.TryReadCount(elementBytes, out int count))
        {
            return null;
        }

        HashSet<T> set = new(count);
        for (int i = 0; i < count; i++)
        {
            set.Add(ReadElement(reader, element, elementBytes));
        }

        return set;
    }
}
