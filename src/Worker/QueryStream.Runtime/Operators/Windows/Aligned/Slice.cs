using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>All keys of one slice of time with their accumulators, which go together. Used by one thread.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class Slice<TKey, TAccumulator>
    where TAccumulator : struct
{
    private TAccumulator[] _accumulators = [];
    private SliceFlags[] _flags = [];

    /// <summary>The slice's first millisecond.</summary>
    public EventTime Start { get; set; }

    /// <summary>The first millisecond after it.</summary>
    public EventTime End { get; set; }

    /// <summary>The end of the first window that it is part of.</summary>
    public EventTime FirstWindowEnd { get; set; }

    /// <summary>The end of the last window that it is part of.</summary>
    public EventTime LastWindowEnd { get; set; }

    /// <summary>Whether no window needs it any more, though somebody may still have it in a list.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>The keys.</summary>
    public GroupTable<TKey> Groups { get; } = new();

    /// <summary>The accumulators, by number of the key.</summary>
    public TAccumulator[] Accumulators => _accumulators;

    /// <summary>Keys that have changed since the last early results, by number; noted only where somebody asked for it.</summary>
    public List<int> Changed { get; } = [];

    /// <summary>Keys that have changed although a window with this slice has closed, by number.</summary>
    public List<int> Late { get; } = [];

    /// <summary>The number of a key, whose accumulator is there, and empty if the key is new.</summary>
    public int FindOrAdd(in TKey key, ulong hash)
    {
        int group = Groups.FindOrAdd(key, hash);
        if (group >= _accumulators.Length)
        {
            Array.Resize(ref _accumulators, Groups.Capacity);
            Array.Resize(ref _flags, Groups.Capacity);
        }

        return group;
    }

    /// <summary>Notes that a key's early result has changed.</summary>
    /// <returns>Whether it is the first such key.</returns>
    public bool MarkChanged(int group)
    {
        if ((_flags[group] & SliceFlags.Changed) != 0)
        {
            return false;
        }

        _flags[group] |= SliceFlags.Changed;
        Changed.Add(group);
        return Changed.Count == 1;
    }

    /// <summary>Notes that a key's result in closed windows has changed.</summary>
    /// <param name="group">The key.</param>
    /// <param name="isNew">Whether the slice did not have the key before.</param>
    /// <returns>Whether it is the first such key.</returns>
    public bool MarkLate(int group, bool isNew)
    {
        if ((_flags[group] & SliceFlags.Late) != 0)
        {
            return false;
        }

        _flags[group] |= isNew ? SliceFlags.Late | SliceFlags.New : SliceFlags.Late;
        Late.Add(group);
        return Late.Count == 1;
    }

    /// <summary>Whether the slice has the key only since rows came that were late.</summary>
    public bool IsNew(int group) => (_flags[group] & SliceFlags.New) != 0;

    /// <summary>Says whether a key is new; for what is merged of several slices.</summary>
    public void SetNew(int group, bool isNew) => _flags[group] = isNew ? _flags[group] | SliceFlags.New : _flags[group] & ~SliceFlags.New;

    /// <summary>Whether a key has changed since the last early results.</summary>
    public bool HasChanged(int group) => (_flags[group] & SliceFlags.Changed) != 0;

    /// <summary>Forgets which keys have changed since the last early results.</summary>
    public void ClearChanged() => Clear(Changed, SliceFlags.Changed);

    /// <summary>Forgets which keys have changed in closed windows.</summary>
    public void ClearLate() => Clear(Late, SliceFlags.Late | SliceFlags.New);

    /// <summary>Makes the object fit for another slice.</summary>
    public void Clear()
    {
        // Accumulators must be empty for new keys, and must not keep alive what they refer to.
        Array.Clear(_accumulators, 0, Math.Min(Groups.Count, _accumulators.Length));
        Array.Clear(_flags, 0, Math.Min(Groups.Count, _flags.Length));
        Groups.Clear();
        Changed.Clear();
        Late.Clear();
        IsRemoved = false;
    }

    private void Clear(List<int> groups, SliceFlags flags)
    {
        foreach (int group in groups)
        {
            _flags[group] &= ~flags;
        }

        groups.Clear();
    }
}
