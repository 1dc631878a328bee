using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Counts;

/// <summary>
/// The global windows of all keys of one operator of one subtask, with an accumulator each. A key with a window has a slot. Slots and references are
/// valid until a window is removed, or until <see cref="Release"/>. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal abstract class CountWindowStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    /// <summary>Whether there is no window.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>The slot of any window; there must be one.</summary>
    public abstract int Any();

    /// <summary>The slot of a key; -1 if it has no window.</summary>
    public abstract int Find(in TKey key, ulong hash);

    /// <summary>The slot of a key, whose window is <see cref="CountInfo.Empty"/> if it is new.</summary>
    public abstract int FindOrAdd(in TKey key, ulong hash);

    /// <summary>The slots of all rows of a batch, as <see cref="FindOrAdd(in TKey, ulong)"/> has that of one, in one virtual call.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyOf">The key of a row.</param>
    /// <param name="slots">Gets the slot of each row.</param>
    public abstract void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> slots);

    /// <summary>The key of a slot.</summary>
    public abstract ref readonly TKey KeyOf(int slot);

    /// <summary>A window, to be changed.</summary>
    public abstract ref CountInfo ForWrite(int slot);

    /// <summary>The windows of rows, to be changed.</summary>
    /// <param name="slots">The slot of each row.</param>
    public abstract PagedElements<CountInfo> ForWrite(ReadOnlySpan<int> slots);

    /// <summary>The accumulator of a window, to be read.</summary>
    public abstract ref readonly TAccumulator AccumulatorOf(int slot);

    /// <summary>The accumulator of a window, to be changed with its objects.</summary>
    public abstract ref TAccumulator AccumulatorForUpdate(int slot);

    /// <summary>The accumulators of rows, to be changed with their objects.</summary>
    /// <param name="slots">The slot of each row.</param>
    public abstract PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> slots);

    /// <summary>Replaces the accumulator of a window; its objects belong to the store from now on.</summary>
    public abstract void SetAccumulator(int slot, in TAccumulator accumulator);

    /// <summary>Removes those of some windows that are empty. Other windows may get their slots.</summary>
    public abstract void RemoveEmpty(List<int> slots);

    /// <summary>Ends a batch: the store may write changes back, and slots and references are no longer valid.</summary>
    public abstract void Release();

    /// <summary>Adds the windows of this moment to a capture.</summary>
    /// <returns>The windows, each with the hash of its key.</returns>
    public abstract IEnumerable<(ulong Hash, TKey Key, CountInfo Window, TAccumulator Accumulator)> Capture(StateCapture capture);
}

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

/// <summary>The window of a key, without its accumulator.</summary>
internal struct CountInfo
{
    /// <summary>A window without rows.</summary>
    public static readonly CountInfo Empty = new() { First = EventTime.MaxValue, Last = EventTime.MinValue };

    /// <summary>The number of rows of a window whose result is due, until its batch is added.</summary>
    public const long Due = long.MaxValue;

    /// <summary>Rows since the last result.</summary>
    public long Rows;

    /// <summary>The earliest time of a row of the window.</summary>
    public EventTime First;

    /// <summary>The latest time of a row of the window.</summary>
    public EventTime Last;

    /// <summary>Whether the window has had no row.</summary>
    public readonly bool IsEmpty => First > Last;

    /// <summary>Adds a row.</summary>
    public void Add(EventTime time)
    {
        (First, Last) = (EventTime.Min(First, time), EventTime.Max(Last, time));
        Rows++;
    }
}
