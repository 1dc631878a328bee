using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Runtime.State;

/// <summary>
/// The keys of one key group that have state: a key has a slot, and each state of the operator an array by slot. Slots are dense: the last one
/// moves into the place of one that goes. Open addressing with linear probing; removal shifts back (Knuth, TAOCP 3, 6.4, algorithm R), so
/// that keys that come and go leave nothing behind. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
internal sealed class KeyTable<TKey>
{
    private const int InitialCapacity = 4;
    private const int ArenaBytes = 4 * 1024;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private readonly TextArena _arena = new(ArenaBytes);

    // Index of the slot plus one; 0 is free.
    private int[] _buckets = new int[InitialCapacity * 2];
    private ulong[] _hashes = new ulong[InitialCapacity];
    private TKey[] _keys = new TKey[InitialCapacity];

    /// <summary>The number of keys, and of slots in use: from 0.</summary>
    public int Count { get; private set; }

    /// <summary>The slots that there is room for.</summary>
    public int Capacity => _keys.Length;

    /// <summary>The key of a slot.</summary>
    public ref readonly TKey KeyOf(int slot) => ref _keys[slot];

    /// <summary>The hash of the key of a slot.</summary>
    public ulong HashOf(int slot) => _hashes[slot];

    /// <summary>The slot of a key; -1 where it has none.</summary>
    public int Find(in TKey key, ulong hash)
    {
        int mask = _buckets.Length - 1;
        for (int bucket = (int)hash & mask, slot; (slot = _buckets[bucket] - 1) >= 0; bucket = (bucket + 1) & mask)
        {
            if (_hashes[slot] == hash && KeyType.AreEqual(_keys[slot], key))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Gives a key that has none a slot. The texts of the key are copied.</summary>
    public int Add(in TKey key, ulong hash)
    {
        if (Count == _keys.Length)
        {
            Grow();
        }

        int slot = Count++;
        _hashes[slot] = hash;
        _keys[slot] = KeyType.Keep(key, _arena);
        Link(slot);
        return slot;
    }

    /// <summary>Takes a slot from its key.</summary>
    /// <returns>The slot that has moved into its place, which was the last one; the same where it was itself the last.</returns>
    public int Remove(int slot)
    {
        Unlink(slot);
        int last = --Count;
        if (slot != last)
        {
            _buckets[BucketOf(last)] = slot + 1;
            _hashes[slot] = _hashes[last];
            _keys[slot] = _keys[last];
        }

        _keys[last] = default!;
        return last;
    }

    private void Link(int slot)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)_hashes[slot] & mask;
        while (_buckets[bucket] != 0)
        {
            bucket = (bucket + 1) & mask;
        }

        _buckets[bucket] = slot + 1;
    }

    private int BucketOf(int slot)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)_hashes[slot] & mask;
        while (_buckets[bucket] != slot + 1)
        {
            bucket = (bucket + 1) & mask;
        }

        return bucket;
    }

    private void Unlink(int slot)
    {
        int mask = _buckets.Length - 1;
        int free = BucketOf(slot);
        for (int bucket = (free + 1) & mask; _buckets[bucket] != 0; bucket = (bucket + 1) & mask)
        {
            int home = (int)_hashes[_buckets[bucket] - 1] & mask;

            // Whoever would not be found from its home across the free bucket moves into it.
            if (((bucket - home) & mask) >= ((bucket - free) & mask))
            {
                _buckets[free] = _buckets[bucket];
                free = bucket;
            }
        }

        _buckets[free] = 0;
    }

    // Doubling large arrays would leave up to half of them empty; the buckets must be a power of two.
    private void Grow()
    {
        int capacity = _keys.Length < 1024 ? _keys.Length * 2 : _keys.Length + (_keys.Length / 2);
        Array.Resize(ref _hashes, capacity);
        Array.Resize(ref _keys, capacity);
        if (capacity * 4L > _buckets.Length * 3L)
        {
            _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity + ((uint)capacity / 3))];
            for (int slot = 0; slot < Count; slot++)
            {
                Link(slot);
            }
        }
    }
}
