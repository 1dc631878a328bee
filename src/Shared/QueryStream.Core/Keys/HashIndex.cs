using System.Numerics;
using System.Runtime.CompilerServices;

namespace QueryStream.Core.Keys;

/// <summary>
/// Finds numbers by hash: the engine's only open-addressing table, for keys, sets and other data in dense arrays. It uses linear probing; removal
/// shifts entries back (Knuth, TAOCP 3, 6.4, algorithm R), so there are no tombstones. Each entry also stores the low 32 bits of the hash, so a probe
/// rarely compares a wrong key, and growing reads no keys. Used by one thread.
/// </summary>
public struct HashIndex
{
    private const int InitialLength = 8;

    // High half: the hash; low half: the number plus one; 0: free. The length is a power of two.
    private ulong[] _buckets;
    private int _count;

    /// <summary>An empty index.</summary>
    public HashIndex() => _buckets = new ulong[InitialLength];

    /// <summary>The memory of the index, in bytes.</summary>
    public readonly long SizeInBytes => _buckets.Length * (long)sizeof(ulong);

    /// <summary>Starts to search for the numbers of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Probe Find(ulong hash) => new(_buckets, (uint)hash);

    /// <summary>Adds a number.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="end"><see cref="Probe.End"/> of a finished probe of the hash; the index must not have changed since.</param>
    /// <param name="number">The number, from 0.</param>
    public void Add(ulong hash, int end, int number)
    {
        if ((++_count * 8L) <= _buckets.Length * 5L)
        {
            _buckets[end] = Entry((uint)hash, number);
        }
        else
        {
            AddGrowing(Entry((uint)hash, number));
        }
    }

    /// <summary>Removes a number, which must be present.</summary>
    public void Remove(ulong hash, int number)
    {
        ulong[] buckets = _buckets;
        int mask = buckets.Length - 1;
        int free = BucketOf(Entry((uint)hash, number));
        for (int bucket = (free + 1) & mask; buckets[bucket] != 0; bucket = (bucket + 1) & mask)
        {
            int home = (int)(buckets[bucket] >> 32) & mask;

            // An entry whose probe would stop at the free bucket moves into it.
            if (((bucket - home) & mask) >= ((bucket - free) & mask))
            {
                buckets[free] = buckets[bucket];
                free = bucket;
            }
        }

        buckets[free] = 0;
        _count--;
    }

    /// <summary>Changes a number that is present to another one.</summary>
    public readonly void Renumber(ulong hash, int from, int to) => _buckets[BucketOf(Entry((uint)hash, from))] = Entry((uint)hash, to);

    /// <summary>Removes all numbers and keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        _count = 0;
    }

    private static ulong Entry(uint hash, int number) => ((ulong)hash << 32) | ((uint)number + 1);

    private readonly int BucketOf(ulong entry)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)(entry >> 32) & mask;
        while (_buckets[bucket] != entry)
        {
            bucket = (bucket + 1) & mask;
        }

        return bucket;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddGrowing(ulong added)
    {
        ulong[] old = _buckets;
        _buckets = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)old.Length + 1)];
        foreach (ulong entry in old)
        {
            if (entry != 0)
            {
                Link(entry);
            }
        }

        Link(added);
    }

    private readonly void Link(ulong entry)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)(entry >> 32) & mask;
        while (_buckets[bucket] != 0)
        {
            bucket = (bucket + 1) & mask;
        }

        _buckets[bucket] = entry;
    }

    /// <summary>Iterates over the numbers of one hash. Numbers of other hashes may occur, so the caller compares keys.</summary>
    public ref struct Probe
    {
        private readonly ulong[] _buckets;
        private readonly uint _hash;
        private int _next;

        internal Probe(ulong[] buckets, uint hash) => (_buckets, _hash, _next) = (buckets, hash, (int)hash);

        /// <summary>The free bucket where a finished probe ended: for <see cref="HashIndex.Add"/>.</summary>
        public readonly int End => _next & (_buckets.Length - 1);

        /// <summary>Moves to the next number.</summary>
        /// <returns>Whether there is one.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext(out int number)
        {
            ulong[] buckets = _buckets;
            while (true)
            {
                ulong entry = buckets[_next & (buckets.Length - 1)];
                if (entry == 0)
                {
                    number = -1;
                    return false;
                }

                _next++;
                if ((uint)(entry >> 32) == _hash)
                {
                    number = (int)(uint)entry - 1;
                    return true;
                }
            }
        }
    }
}
