using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace QueryStream.Core.Codecs;

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

    // What was a list before may hold an element twice.
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
