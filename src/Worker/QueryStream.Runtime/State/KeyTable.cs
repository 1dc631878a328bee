using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Runtime.State;

/// <summary>
/// Gives each key a slot: a number from 0, dense. The state of a key lies in other arrays, by slot. When a key is removed, the last slot moves into
/// its place. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="versions">The captures of the store that the table belongs to.</param>
internal sealed class KeyTable<TKey>(CaptureVersions versions)
{
    private const int ArenaBytesPerKey = 32;
    private const int LargestArena = 16 * 1024;

    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    private HashIndex _index = new();
    private PagedArray<TKey> _keys = new();
    private PagedArray<ulong> _hashes = new();

    // Grows with the table: there may be a hundred thousand tables with one key each, so none may allocate a whole chunk.
    private TextArena _arena = new(8 * ArenaBytesPerKey);
    private int _arenaKeys = 8;

    /// <summary>The number of keys, and of slots in use.</summary>
    public int Count { get; private set; }

    /// <summary>The number of allocated slots.</summary>
    public int Capacity => _keys.Capacity;

    /// <summary>The key of a slot.</summary>
    public ref readonly TKey KeyOf(int slot) => ref _keys[slot];

    /// <summary>The hash of the key of a slot.</summary>
    public ulong HashOf(int slot) => _hashes[slot];

    /// <summary>Consecutive keys from a slot on, in one page and below a limit.</summary>
    public ReadOnlySpan<TKey> KeysFrom(int first, int limit) => _keys.Run(first, limit);

    /// <summary>The hashes from a slot on, as <see cref="KeysFrom"/> has the keys.</summary>
    public ReadOnlySpan<ulong> HashesFrom(int first, int limit) => _hashes.Run(first, limit);

    /// <summary>The slot of a key; -1 if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in TKey key, ulong hash)
    {
        HashIndex.Probe probe = _index.Find(hash);
        while (probe.MoveNext(out int slot))
        {
            if (KeyType.AreEqual(_keys[slot], key))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>The slot of a key. A new key gets the next slot, and the table keeps a copy of its texts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(in TKey key, ulong hash)
    {
        HashIndex.Probe probe = _index.Find(hash);
        while (probe.MoveNext(out int slot))
        {
            if (KeyType.AreEqual(_keys[slot], key))
            {
                return slot;
            }
        }

        return Add(key, hash, probe.End);
    }

    /// <summary>The slots of the keys of rows, as <see cref="FindOrAdd(in TKey, ulong)"/> has that of one.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyOf">The key of a row.</param>
    /// <param name="slots">Gets the slot of each row's key.</param>
    public void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> slots)
    {
        slots = slots[..rows.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            TKey key = keyOf(rows[i]);

            // In a local first, or the place of the result would be kept in a register while the key is searched.
            int slot = FindOrAdd(key, KeyType.HashOfRow(key));
            slots[i] = slot;
        }
    }

    /// <summary>Removes the key of a slot.</summary>
    /// <returns>The slot that was last and has moved into its place; the slot itself if it was the last.</returns>
    public int Remove(int slot)
    {
        _index.Remove(_hashes[slot], slot);
        int last = --Count;
        if (slot != last)
        {
            _index.Renumber(_hashes[last], last, slot);
            _hashes.ForWrite(slot, versions) = _hashes[last];
            _keys.ForWrite(slot, versions) = _keys[last];
        }

        if (RuntimeHelpers.IsReferenceOrContainsReferences<TKey>())
        {
            _keys.ForWrite(last, versions) = default!;
        }

        return last;
    }

    /// <summary>Removes all keys. Reuses the memory unless a capture needs it. Keys that were returned stay valid.</summary>
    public void Clear()
    {
        _index.Clear();
        _keys.Clear(Count, versions);
        _hashes.Clear(Count, versions);
        Count = 0;
        _arenaKeys = Math.Max(8, Capacity);
        _arena = NewArena();
    }

    /// <summary>The keys of this moment, for a capture in flight.</summary>
    public FrozenKeys<TKey> Freeze() => new(_keys.Freeze(), _hashes.Freeze(), Count);

    /// <summary>
    /// A table that replaces this one, which captures hold and which must not change from now on. Both share their pages until these are
    /// changed.
    /// </summary>
    public KeyTable<TKey> Fork() => new(versions)
    {
        _index = _index,
        _keys = _keys,
        _hashes = _hashes,
        _arena = _arena,
        _arenaKeys = _arenaKeys,
        Count = Count,
    };

    // The key by value: a reference to it would keep it out of registers in the loops that find keys.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Add(TKey key, ulong hash, int end)
    {
        int slot = Count++;
        if (slot == Capacity)
        {
            _keys.EnsureCapacity(Count, versions);
            _hashes.EnsureCapacity(Count, versions);
            if (Capacity >= 2 * _arenaKeys && _arenaKeys * ArenaBytesPerKey < LargestArena)
            {
                _arenaKeys = Capacity;
                _arena = NewArena();
            }
        }

        _hashes.ForWrite(slot, versions) = hash;
        _keys.ForWrite(slot, versions) = KeyType.Keep(key, _arena);
        _index.Add(hash, end, slot);
        return slot;
    }

    private TextArena NewArena() => new(Math.Min(_arenaKeys * ArenaBytesPerKey, LargestArena));
}

/// <summary>The keys of a <see cref="KeyTable{TKey}"/> at the moment of a capture. Safe on any thread until the capture is released.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="keys">By slot.</param>
/// <param name="hashes">By slot.</param>
/// <param name="count">The number of slots.</param>
internal readonly struct FrozenKeys<TKey>(FrozenArray<TKey> keys, FrozenArray<ulong> hashes, int count)
{
    private readonly FrozenArray<TKey> _keys = keys;
    private readonly FrozenArray<ulong> _hashes = hashes;

    /// <summary>The number of slots in use: from 0.</summary>
    public int Count { get; } = count;

    /// <summary>The key of a slot.</summary>
    public ref readonly TKey KeyOf(int slot) => ref _keys[slot];

    /// <summary>The hash of the key of a slot.</summary>
    public ulong HashOf(int slot) => _hashes[slot];
}

/// <summary>Equality and hash of keys for the framework's collections, so that they agree with those of keyed state.</summary>
/// <typeparam name="T">The key.</typeparam>
internal sealed class KeyEquality<T> : IEqualityComparer<T>
{
    private static readonly KeyType<T> KeyType = KeyType<T>.Instance;

    public bool Equals(T? x, T? y) => KeyType.AreEqual(x!, y!);

    public int GetHashCode([DisallowNull] T obj) => (int)KeyType.Hash(obj);
}
