using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Encodes the items of one state, up to the next complete chunk. Only this loop is generic, and it is not asynchronous, since the state machine of
/// an asynchronous method would be compiled for each type of items. Used by one writing.
/// </summary>
internal abstract class ItemEncoder : IDisposable
{
    /// <summary>Encodes items.</summary>
    /// <returns>The chunk that must go out before the next call; <see cref="ChunkWriter.None"/> if all items were encoded.</returns>
    public abstract int Encode(ChunkWriter writer);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Items with the hashes of their keys.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class KeyedEncoder<T>(IEnumerable<(ulong Hash, T Item)> items) : ItemEncoder
{
    private readonly IEnumerator<(ulong Hash, T Item)> _items = items.GetEnumerator();

    public override int Encode(ChunkWriter writer)
    {
        Codec<T> codec = Codec<T>.Instance;
        int keyGroups = writer.KeyGroups;
        while (_items.MoveNext())
        {
            (ulong hash, T item) = _items.Current;
            int group = KeyGroup.Of(hash, keyGroups).Number;
            codec.Write(writer.Open(group), item);
            if (writer.Added(group) is var full and not ChunkWriter.None)
            {
                return full;
            }
        }

        return ChunkWriter.None;
    }

    public override void Dispose() => _items.Dispose();
}

/// <summary>Items that belong to no key group.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class ListEncoder<T>(IEnumerable<T> items) : ItemEncoder
{
    private readonly IEnumerator<T> _items = items.GetEnumerator();

    public override int Encode(ChunkWriter writer)
    {
        int none = writer.KeyGroups;
        while (_items.MoveNext())
        {
            Codec<T>.Instance.Write(writer.Open(none), _items.Current);
            if (writer.Added(none) is var full and not ChunkWriter.None)
            {
                return full;
            }
        }

        return ChunkWriter.None;
    }

    public override void Dispose() => _items.Dispose();
}
