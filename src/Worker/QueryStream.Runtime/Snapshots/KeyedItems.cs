using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;

namespace QueryStream.Runtime.Snapshots;

/// <summary>Takes the items of a keyed state.</summary>
/// <typeparam name="T">The items: a key with what belongs to it.</typeparam>
/// <param name="name">The state's name.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
internal sealed class KeyedItems<T>(string name, int keyGroups) : IStateItems
{
    private readonly CodecWriter?[] _groups = new CodecWriter?[keyGroups];
    private readonly int[] _counts = new int[keyGroups];

    /// <summary>Adds an item.</summary>
    /// <param name="hash">The hash of its key.</param>
    /// <param name="item">The item.</param>
    public void Add(ulong hash, in T item)
    {
        int group = KeyGroup.Of(hash, keyGroups).Number;
        Codec<T>.Instance.Write(_groups[group] ??= new CodecWriter(), item);
        _counts[group]++;
    }

    /// <inheritdoc/>
    public StateSnapshot Complete()
    {
        List<StateChunk> chunks = [];
        for (int group = 0; group < keyGroups; group++)
        {
            if (_groups[group] is { } writer)
            {
                chunks.Add(new StateChunk(group, _counts[group], writer.Written.ToArray()));
            }
        }

        return new StateSnapshot(name, StateKind.Keyed, Codec<T>.Instance.Schema, chunks);
    }
}
