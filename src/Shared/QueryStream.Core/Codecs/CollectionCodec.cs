namespace QueryStream.Core.Codecs;

/// <summary>
/// What all collections share: a count plus one (0: none), then the elements. An element whose layout may take no bytes is followed by a
/// zero byte, so that a count can always be held against the bytes that are left.
/// </summary>
/// <typeparam name="TCollection">The collection.</typeparam>
/// <typeparam name="T">Its elements.</typeparam>
internal abstract class CollectionCodec<TCollection, T> : Codec<TCollection>
{
    private static readonly Codec<T> Element = Codec<T>.Instance;
    private static readonly int ElementBytes = Element.Schema.LeastBytes;

    public sealed override Schema Schema { get; } = Schema.ListOf(Element.Schema);

    public sealed override TCollection Read(CodecReader reader) => Read(reader, Element, ElementBytes);

    public sealed override Decoder<TCollection> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this
        : written.Kind == SchemaKind.List ? new Evolved(this, Element.DecoderOf(written.Members[0].Schema), written.Members[0].Schema.LeastBytes)
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

    /// <summary>Reads all elements; null for none.</summary>
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
    /// <param name="elementBytes">The fewest bytes that one takes; 0: it is padded.</param>
    protected abstract TCollection Read(CodecReader reader, Decoder<T> element, int elementBytes);

    private sealed class Evolved(CollectionCodec<TCollection, T> codec, Decoder<T> element, int elementBytes) : Decoder<TCollection>
    {
        public override TCollection Read(CodecReader reader) => codec.Read(reader, element, elementBytes);
    }
}
