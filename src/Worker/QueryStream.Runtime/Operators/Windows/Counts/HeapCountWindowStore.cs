using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Counts;

/// <summary>Global windows on the heap, in arrays by slot.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class HeapCountWindowStore<TKey, TAccumulator> : CountWindowStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly CaptureVersions _versions = new();
    private readonly KeyTable<TKey> _keys;
    private PagedArray<CountInfo> _windows = new();
    private AccumulatorArray<TAccumulator> _accumulators;

    /// <summary>Creates an empty store.</summary>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    public HeapCountWindowStore(Func<TAccumulator, TAccumulator> fork)
    {
        _keys = new KeyTable<TKey>(_versions);
        _accumulators = new AccumulatorArray<TAccumulator>(_versions, fork);
    }

    public override bool IsEmpty => _keys.Count == 0;

    public override int Any() => _keys.Count - 1;

    public override int Find(in TKey key, ulong hash) => _keys.Find(key, hash);

    public override int FindOrAdd(in TKey key, ulong hash)
    {
        int before = _keys.Count;
        int slot = _keys.FindOrAdd(key, hash);
        Open(before);
        return slot;
    }

    public override void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> slots)
    {
        int before = _keys.Count;
        try
        {
            _keys.FindOrAdd(rows, keyOf, slots);
        }
        finally
        {
            // Also if a row has thrown: the search for that row uses the keys before it.
            Open(before);
        }
    }

    public override ref readonly TKey KeyOf(int slot) => ref _keys.KeyOf(slot);

    public override ref CountInfo ForWrite(int slot) => ref _windows.ForWrite(slot, _versions);

    public override PagedElements<CountInfo> ForWrite(ReadOnlySpan<int> slots)
    {
        if (_versions.AnyInFlight)
        {
            foreach (int slot in slots)
            {
                ForWrite(slot);
            }
        }

        return new PagedElements<CountInfo>(_windows.Pages, slots);
    }

    public override ref readonly TAccumulator AccumulatorOf(int slot) => ref _accumulators[slot];

    public override ref TAccumulator AccumulatorForUpdate(int slot) => ref _accumulators.ForUpdate(slot);

    public override PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> slots) => _accumulators.ForUpdate(slots);

    public override void SetAccumulator(int slot, in TAccumulator accumulator) => _accumulators.Set(slot, accumulator);

    public override void RemoveEmpty(List<int> slots)
    {
        foreach (int slot in slots)
        {
            // The last window moves into the slot, and may be empty as well.
            while (slot < _keys.Count && _windows[slot].IsEmpty)
            {
                Remove(slot);
            }
        }
    }

    public override void Release()
    {
    }

    public override IEnumerable<(ulong Hash, TKey Key, CountInfo Window, TAccumulator Accumulator)> Capture(StateCapture capture)
    {
        capture.Hold(_versions);
        return All(_keys.Freeze(), _windows.Freeze(), _accumulators.Freeze());
    }

    // Opens a window for each key from a slot on: they are new.
    private void Open(int first)
    {
        if (first == _keys.Count)
        {
            return;
        }

        _windows.EnsureCapacity(_keys.Count, _versions);
        _accumulators.EnsureCapacity(_keys.Count);
        for (int slot = first; slot < _keys.Count; slot++)
        {
            ForWrite(slot) = CountInfo.Empty;
        }
    }

    private void Remove(int slot)
    {
        int moved = _keys.Remove(slot);
        if (moved != slot)
        {
            ForWrite(slot) = _windows[moved];
            _accumulators.Set(slot, _accumulators.ForUpdate(moved));
        }

        _accumulators.Set(moved, default);
    }

    private static IEnumerable<(ulong, TKey, CountInfo, TAccumulator)> All(
        FrozenKeys<TKey> keys, FrozenArray<CountInfo> windows, FrozenArray<TAccumulator> accumulators)
    {
        for (int slot = 0; slot < keys.Count; slot++)
        {
            yield return (keys.HashOf(slot), keys.KeyOf(slot), windows[slot], accumulators[slot]);
        }
    }
}
