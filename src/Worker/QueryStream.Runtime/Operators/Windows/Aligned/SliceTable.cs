using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The keys of a slice by number, with an accumulator and flags for each. One that captures may hold is forked before it is changed, which shares all
/// pages. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="slice">The slice.</param>
/// <param name="versions">The captures of the slices.</param>
/// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
/// <param name="store">The store that loads keys; null if there is none.</param>
internal sealed class SliceTable<TKey, TAccumulator>(
    Slice<TKey, TAccumulator> slice, CaptureVersions versions, Func<TAccumulator, TAccumulator> fork, SliceStore<TKey, TAccumulator>? store)
    where TAccumulator : struct
{
    private readonly long _version = versions.Current;
    private AccumulatorArray<TAccumulator> _accumulators = new(versions, fork);

    // Usually empty.
    private PagedArray<SliceFlags> _flags = new();

    /// <summary>Whether a capture may hold it.</summary>
    public bool IsShared => _version < versions.Newest;

    /// <summary>The slice. Its object may be in use for another one later.</summary>
    public Slice<TKey, TAccumulator> Slice => slice;

    /// <summary>The end of the slice.</summary>
    public EventTime End { get; set; }

    /// <summary>The keys.</summary>
    public KeyTable<TKey> Keys { get; private init; } = new(versions);

    /// <summary>The accumulators, by number of the key.</summary>
    public ref AccumulatorArray<TAccumulator> Accumulators => ref _accumulators;

    /// <summary>The number of a key, whose accumulator is there, and empty if the key is new.</summary>
    public int FindOrAdd(in TKey key, ulong hash)
    {
        int before = Keys.Count;
        int slot = Keys.FindOrAdd(key, hash);
        if (slot == before)
        {
            Added(slot);
        }

        return slot;
    }

    /// <summary>The numbers of the keys of rows, as <see cref="FindOrAdd(in TKey, ulong)"/> has that of one; faster for many.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyOf">The key of a row.</param>
    /// <param name="slots">Gets the slot of each row's key.</param>
    public void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> slots)
    {
        int before = Keys.Count;
        try
        {
            Keys.FindOrAdd(rows, keyOf, slots);
        }
        finally
        {
            // Also if a row has thrown: the search for that row uses the keys before it.
            for (int slot = before; slot < Keys.Count; slot++)
            {
                Added(slot);
            }
        }
    }

    /// <summary>The number of a key; -1 if the slice does not have it.</summary>
    public int Find(in TKey key, ulong hash)
    {
        int slot = Keys.Find(key, hash);
        if (slot >= 0 || store is null)
        {
            return slot;
        }

        slot = Keys.FindOrAdd(key, hash);
        if (Added(slot))
        {
            return slot;
        }

        Keys.Remove(slot);
        return -1;
    }

    /// <summary>A key with its hash, as it is written; on any thread, if a capture holds the table.</summary>
    public (ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item) ItemOf(int slot) =>
        (Keys.HashOf(slot), (Keys.KeyOf(slot), End, (FlagsOf(slot) & SliceFlags.Changed) != 0, Accumulators[slot]));

    /// <summary>The flags of a key.</summary>
    public SliceFlags FlagsOf(int slot) => slot < _flags.Capacity ? _flags[slot] : SliceFlags.None;

    /// <summary>The flags of a key, to be changed.</summary>
    public ref SliceFlags FlagsForWrite(int slot)
    {
        _flags.EnsureCapacity(slot + 1, versions);
        return ref _flags.ForWrite(slot, versions);
    }

    /// <summary>Removes all keys. Not if a capture may hold them.</summary>
    public void Clear()
    {
        // Accumulators must be empty for new keys, and must not keep alive what they refer to.
        _accumulators.Clear(Math.Min(Keys.Count, _accumulators.Capacity));
        _flags.Clear(Math.Min(Keys.Count, _flags.Capacity), versions);
        Keys.Clear();
    }

    /// <summary>A table that replaces this one, which captures hold and which must not change from now on.</summary>
    public SliceTable<TKey, TAccumulator> Fork() => new(slice, versions, fork, store)
    {
        End = End,
        Keys = Keys.Fork(),
        _accumulators = _accumulators,
        _flags = _flags,
    };

    // Makes room for a key that was added, and loads it. Returns whether the slice had it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Added(int slot)
    {
        _accumulators.EnsureCapacity(Keys.Capacity);
        if (store is null || !store.Load(this, slot))
        {
            return false;
        }

        FlagsForWrite(slot) |= SliceFlags.Loaded;
        return true;
    }
}

/// <summary>The flags of a key in a slice.</summary>
[Flags]
internal enum SliceFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has changed since the last early results.</summary>
    Changed = 1,

    /// <summary>It has changed since the last results, and a window with this slice has closed.</summary>
    Late = 2,

    /// <summary>With <see cref="Late"/>: the key is new.</summary>
    New = 4,

    /// <summary>It was loaded from the store: the slice had it before.</summary>
    Loaded = 8,
}
