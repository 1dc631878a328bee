using System.Runtime.CompilerServices;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>An exact set of values by the equality of keys: dense values in the order in which they came, and an index by hash. It only grows. Used by one thread.</summary>
/// <typeparam name="T">The values.</typeparam>
internal sealed class ValueSet<T>
{
    private static readonly KeyType<T> KeyType = KeyType<T>.Instance;

    private TextArena _arena = new(chunkBytes: 1024);
    private HashIndex _index = new();
    private T[] _values = new T[4];

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The values, each once, in the order in which they came.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>The memory that it owns, about.</summary>
    public long SizeInBytes => _index.SizeInBytes + (_values.Length * (long)Unsafe.SizeOf<T>()) + _arena.Bytes + 200;

    /// <summary>A set that goes on in the place of this one, which nobody changes from now on. Both share what is there.</summary>
    public ValueSet<T> Fork() => new() { _arena = _arena, _index = _index, _values = _values, Count = Count };

    /// <summary>Adds a value; the set then has texts of its own.</summary>
    public void Add(in T value)
    {
        ulong hash = KeyType.Hash(value);
        HashIndex.Probe probe = _index.Find(hash);
        while (probe.MoveNext(out int number))
        {
            if (KeyType.AreEqual(_values[number], value))
            {
                return;
            }
        }

        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Count + Math.Max(4, Count / 2));
        }

        _values[Count] = KeyType.Keep(value, _arena);
        _index.Add(hash, probe.End, Count++);
    }

    /// <summary>Adds the values of another set, which stays as it is.</summary>
    public void UnionWith(ValueSet<T> other)
    {
        foreach (ref readonly T value in other.Values)
        {
            Add(value);
        }
    }
}
