using System.Runtime.CompilerServices;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// An exact set of values by the equality of keys: dense values, and an open table of their numbers with linear probing. Hashes are computed anew when the
/// table grows instead of being kept. Used by one thread.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal sealed class ValueSet<T>
{
    private static readonly KeyType<T> KeyType = KeyType<T>.Instance;

    private readonly TextArena _arena = new(chunkBytes: 1024);

    // Index of the value plus one; 0 is free.
    private int[] _buckets = new int[8];
    private T[] _values = new T[4];

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The values, each once, in the order in which they came.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>The memory that it owns, about.</summary>
    public long SizeInBytes => (_buckets.Length * (long)sizeof(int)) + (_values.Length * (long)Unsafe.SizeOf<T>()) + _arena.Bytes + 200;

    /// <summary>Adds a value; the set then has texts of its own.</summary>
    public void Add(in T value)
    {
        int mask = _buckets.Length - 1;
        int bucket = (int)KeyType.Hash(value) & mask;
        for (int index; (index = _buckets[bucket]) != 0; bucket = (bucket + 1) & mask)
        {
            if (KeyType.AreEqual(_values[index - 1], value))
            {
                return;
            }
        }

        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Count + Math.Max(4, Count / 2));
        }

        _values[Count++] = KeyType.Keep(value, _arena);
        _buckets[bucket] = Count;
        if (Count * 4L > _buckets.Length * 3L)
        {
            Grow();
        }
    }

    /// <summary>Adds the values of another set, which stays as it is.</summary>
    public void UnionWith(ValueSet<T> other)
    {
        foreach (ref readonly T value in other.Values)
        {
            Add(value);
        }
    }

    private void Grow()
    {
        _buckets = new int[_buckets.Length * 2];
        int mask = _buckets.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int bucket = (int)KeyType.Hash(_values[index]) & mask;
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & mask;
            }

            _buckets[bucket] = index + 1;
        }
    }
}
