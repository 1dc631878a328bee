using System.Runtime.CompilerServices;
using QueryStream.Core.Time;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

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

/// <summary>All keys of one slice of time with their accumulators, which go together. Used in turns of one task.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class Slice<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly CaptureVersions _versions;
    private readonly Func<TAccumulator, TAccumulator> _fork;
    private readonly SliceStore<TKey, TAccumulator>? _store;

    /// <summary>Creates an empty slice.</summary>
    /// <param name="versions">The captures of the slices.</param>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    /// <param name="store">The store that loads keys; null if there is none.</param>
    public Slice(CaptureVersions versions, Func<TAccumulator, TAccumulator> fork, SliceStore<TKey, TAccumulator>? store)
    {
        (_versions, _fork, _store) = (versions, fork, store);
        Table = new SliceTable<TKey, TAccumulator>(this, versions, fork, store);
    }

    /// <summary>The slice's first millisecond.</summary>
    public EventTime Start { get; set; }

    /// <summary>The first millisecond after it.</summary>
    public EventTime End { get; set; }

    /// <summary>The end of the first window that it is part of.</summary>
    public EventTime FirstWindowEnd { get; set; }

    /// <summary>The end of the last window that it is part of.</summary>
    public EventTime LastWindowEnd { get; set; }

    /// <summary>Whether no window needs the slice any more. A list of changes may still refer to it.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>The keys and accumulators. Changed only after <see cref="SliceStore{TKey,TAccumulator}.Unshare"/>.</summary>
    public SliceTable<TKey, TAccumulator> Table { get; set; }

    /// <summary>Keys that have changed since the last early results, by number; noted only if the operator gives early results.</summary>
    public List<int> Changed { get; } = [];

    /// <summary>Keys that have changed although a window with this slice has closed, by number.</summary>
    public List<int> Late { get; } = [];

    /// <summary>Notes that a key's early result has changed.</summary>
    /// <returns>Whether it is the first such key.</returns>
    public bool MarkChanged(int group)
    {
        ref SliceFlags flags = ref Table.FlagsForWrite(group);
        if ((flags & SliceFlags.Changed) != 0)
        {
            return false;
        }

        flags |= SliceFlags.Changed;
        Changed.Add(group);
        return Changed.Count == 1;
    }

    /// <summary>Notes that a key's result in closed windows has changed.</summary>
    /// <param name="group">The key.</param>
    /// <param name="isNew">Whether the table did not have the key before.</param>
    /// <returns>Whether it is the first such key.</returns>
    public bool MarkLate(int group, bool isNew)
    {
        ref SliceFlags flags = ref Table.FlagsForWrite(group);
        if ((flags & SliceFlags.Late) != 0)
        {
            return false;
        }

        flags |= isNew && (flags & SliceFlags.Loaded) == 0 ? SliceFlags.Late | SliceFlags.New : SliceFlags.Late;
        Late.Add(group);
        return Late.Count == 1;
    }

    /// <summary>Whether the slice has the key only since rows came that were late.</summary>
    public bool IsNew(int group) => (Table.FlagsOf(group) & SliceFlags.New) != 0;

    /// <summary>Says whether a key is new; for what is merged of several slices.</summary>
    public void SetNew(int group, bool isNew)
    {
        ref SliceFlags flags = ref Table.FlagsForWrite(group);
        flags = isNew ? flags | SliceFlags.New : flags & ~SliceFlags.New;
    }

    /// <summary>Clears the list of keys that have changed since the last early results.</summary>
    public void ClearChanged() => Clear(Changed, SliceFlags.Changed);

    /// <summary>Clears the list of keys that have changed in closed windows.</summary>
    public void ClearLate() => Clear(Late, SliceFlags.Late | SliceFlags.New);

    /// <summary>Clears the object, so that it can be used for another slice.</summary>
    public void Clear()
    {
        if (_versions.AnyInFlight)
        {
            Table = new SliceTable<TKey, TAccumulator>(this, _versions, _fork, _store);
        }
        else
        {
            Table.Clear();
        }

        Changed.Clear();
        Late.Clear();
        IsRemoved = false;
    }

    private void Clear(List<int> groups, SliceFlags flags)
    {
        foreach (int group in groups)
        {
            Table.FlagsForWrite(group) &= ~flags;
        }

        groups.Clear();
    }
}

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
        int group = Keys.FindOrAdd(key, hash);
        if (group == before)
        {
            Added(group);
        }

        return group;
    }

    /// <summary>The numbers of the keys of rows, as <see cref="FindOrAdd(in TKey, ulong)"/> has that of one; faster for many.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyOf">The key of a row.</param>
    /// <param name="groups">Gets the number of each row's key.</param>
    public void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> groups)
    {
        int before = Keys.Count;
        try
        {
            Keys.FindOrAdd(rows, keyOf, groups);
        }
        finally
        {
            // Also if a row has thrown: the search for that row uses the keys before it.
            for (int group = before; group < Keys.Count; group++)
            {
                Added(group);
            }
        }
    }

    /// <summary>The number of a key; -1 if the slice does not have it.</summary>
    public int Find(in TKey key, ulong hash)
    {
        int group = Keys.Find(key, hash);
        if (group >= 0 || store is null)
        {
            return group;
        }

        group = Keys.FindOrAdd(key, hash);
        if (Added(group))
        {
            return group;
        }

        Keys.Remove(group);
        return -1;
    }

    /// <summary>A key with its hash, as it is written; on any thread, if a capture holds the table.</summary>
    public (ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item) ItemOf(int group) =>
        (Keys.HashOf(group), (Keys.KeyOf(group), End, (FlagsOf(group) & SliceFlags.Changed) != 0, Accumulators[group]));

    /// <summary>The flags of a key.</summary>
    public SliceFlags FlagsOf(int group) => group < _flags.Capacity ? _flags[group] : SliceFlags.None;

    /// <summary>The flags of a key, to be changed.</summary>
    public ref SliceFlags FlagsForWrite(int group)
    {
        _flags.EnsureCapacity(group + 1, versions);
        return ref _flags.ForWrite(group, versions);
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
    private bool Added(int group)
    {
        _accumulators.EnsureCapacity(Keys.Capacity);
        if (store is null || !store.Load(this, group))
        {
            return false;
        }

        FlagsForWrite(group) |= SliceFlags.Loaded;
        return true;
    }
}
