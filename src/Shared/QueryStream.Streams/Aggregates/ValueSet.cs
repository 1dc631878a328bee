using System.Runtime.CompilerServices;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// An exact set of values, compared like keys: the values in order of arrival, and an index by hash. It only grows. Used by one thread.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal sealed class ValueSet<T>
{
    private static readonly KeyType<T> KeyType = KeyType<T>.Instance;

    private TextArena _arena = new(chunkBytes: 1024);
    private HashIndex _index = new();
    private T[] _values = new T[4];

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The values, each once, in order of arrival.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>The approximate memory of the set, in bytes.</summary>
    public long SizeInBytes => _index.SizeInBytes + (_values.Length * (long)Unsafe.SizeOf<T>()) + _arena.Bytes + 200;

    /// <summary>A set that replaces this one, which must not change any more. Both share their content.</summary>
    public ValueSet<T> Fork() => new() { _arena = _arena, _index = _index, _values = _values, Count = Count };

    /// <summary>Adds a value; its texts are copied.</summary>
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

    /// <summary>Adds the values of another set, which does not change.</summary>
    public void UnionWith(ValueSet<T> other)
    {
        foreach (ref readonly T value in other.Values)
        {
            Add(value);
        }
    }
}
