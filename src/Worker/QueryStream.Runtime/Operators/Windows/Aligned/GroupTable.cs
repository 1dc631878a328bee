using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// Numbers keys from 0 in order of appearance: an open table with linear probing over dense arrays of hashes and keys, so that
/// all keys can be walked without gaps, and a snapshot can sort them by key group from their hashes. Used by one thread.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
internal sealed class GroupTable<TKey>
{
    private const int InitialCapacity = 8;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    // Index of the key plus one; 0 is free.
    private int[] _buckets = new int[InitialCapacity * 2];
    private ulong[] _hashes = new ulong[InitialCapacity];
    private TKey[] _keys = new TKey[InitialCapacity];
    private TextArena _arena = ArenaFor(InitialCapacity);

    /// <summary>The number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>How many keys fit before the arrays grow; what is kept beside the table must be as long.</summary>
    public int Capacity => _keys.Length;

    /// <summary>The keys.</summary>
    public ReadOnlySpan<TKey> Keys => _keys.AsSpan(0, Count);

    /// <summary>Their stable hashes.</summary>
    public ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, Count);

    /// <summary>The number of a key, which gets a new one where it has none; the table then owns a copy of its texts.</summary>
    public int FindOrAdd(in TKey key, ulong hash)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)hash & mask;
        for (int index; (index = _buckets[bucket]) != 0; bucket = (bucket + 1) & mask)
        {
            index--;
            if (_hashes[index] == hash && KeyType.AreEqual(_keys[index], key))
            {
                return index;
            }
        }

        return Add(key, hash, bucket);
    }

    /// <summary>The number of a key; -1 where it is not there.</summary>
    public int Find(in TKey key, ulong hash)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)hash & mask;
        for (int index; (index = _buckets[bucket]) != 0; bucket = (bucket + 1) & mask)
        {
            index--;
            if (_hashes[index] == hash && KeyType.AreEqual(_keys[index], key))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Forgets all keys and keeps the arrays. Keys that were handed out stay valid.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        Array.Clear(_keys, 0, Count);
        Count = 0;
        _arena = ArenaFor(_keys.Length);
    }

    // As large as the table: a window with one key must not cost a page, since there may be a hundred thousand of them.
    private static TextArena ArenaFor(int capacity) => new(chunkBytes: Math.Min(capacity * 32, 16 * 1024));

    private int Add(in TKey key, ulong hash, int bucket)
    {
        if (Count == _keys.Length)
        {
            Grow();
            int mask = _buckets.Length - 1;
            bucket = (int)hash & mask;
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & mask;
            }
        }

        int index = Count++;
        _hashes[index] = hash;
        _keys[index] = KeyType.Keep(key, _arena);
        _buckets[bucket] = index + 1;
        return index;
    }

    private void Grow()
    {
        int capacity = _keys.Length * 2;
        Array.Resize(ref _hashes, capacity);
        Array.Resize(ref _keys, capacity);
        _arena = ArenaFor(capacity);
        _buckets = new int[capacity * 2];
        int mask = _buckets.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int bucket = (int)_hashes[index] & mask;
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & mask;
            }

            _buckets[bucket] = index + 1;
        }
    }
}
