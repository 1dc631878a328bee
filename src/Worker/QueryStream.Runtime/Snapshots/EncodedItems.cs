using QueryStream.Core.Codecs;

namespace QueryStream.Runtime.Snapshots;

/// <summary>Encodes items during the capture, for small state with mutable objects. The cost grows with the state.</summary>
internal static class EncodedItems
{
    /// <summary>A copy of items that shares nothing with them.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> items)
    {
        CodecWriter writer = new();
        int count = 0;
        foreach (T item in items)
        {
            Codec<T>.Instance.Write(writer, item);
            count++;
        }

        return Decode<T>(writer.Written.ToArray(), count);
    }

    /// <summary>A copy of keyed items that shares nothing with them.</summary>
    public static IEnumerable<(ulong Hash, T Item)> Of<T>(IEnumerable<(ulong Hash, T Item)> items)
    {
        List<ulong> hashes = [];
        IEnumerable<T> copies = Of(items.Select(item =>
        {
            hashes.Add(item.Hash);
            return item.Item;
        }));
        return copies.Select((item, index) => (hashes[index], item));
    }

    private static IEnumerable<T> Decode<T>(byte[] bytes, int count)
    {
        CodecReader reader = new(bytes);
        for (int i = 0; i < count; i++)
        {
            yield return Codec<T>.Instance.Read(reader);
        }
    }
}
