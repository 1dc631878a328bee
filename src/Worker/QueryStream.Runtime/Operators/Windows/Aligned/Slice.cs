using QueryStream.Core.Time;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

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
    public bool MarkChanged(int slot)
    {
        ref SliceFlags flags = ref Table.FlagsForWrite(slot);
        if ((flags & SliceFlags.Changed) != 0)
        {
            return false;
        }

        flags |= SliceFlags.Changed;
        Changed.Add(slot);
        return Changed.Count == 1;
    }

    /// <summary>Notes that a key's result in closed windows has changed.</summary>
    /// <param name="slot">The slot of the key in the table.</param>
    /// <param name="isNew">Whether the table did not have the key before.</param>
    /// <returns>Whether it is the first such key.</returns>
    public bool MarkLate(int slot, bool isNew)
    {
        ref SliceFlags flags = ref Table.FlagsForWrite(slot);
        if ((flags & SliceFlags.Late) != 0)
        {
            return false;
        }

        flags |= isNew && (flags & SliceFlags.Loaded) == 0 ? SliceFlags.Late | SliceFlags.New : SliceFlags.Late;
        Late.Add(slot);
        return Late.Count == 1;
    }

    /// <summary>Whether the slice has the key only since rows came that were late.</summary>
    public bool IsNew(int slot) => (Table.FlagsOf(slot) & SliceFlags.New) != 0;

    /// <summary>Says whether a key is new; for what is merged of several slices.</summary>
    public void SetNew(int slot, bool isNew)
    {
        ref SliceFlags flags = ref Table.FlagsForWrite(slot);
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

    private void Clear(List<int> slots, SliceFlags flags)
    {
        foreach (int slot in slots)
        {
            Table.FlagsForWrite(slot) &= ~flags;
        }

        slots.Clear();
    }
}
