using QueryStream.Streams.Aggregates;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The slices of one operator of one subtask that hold keys, in order of time. Mostly there are few and the newest are used; but if one split of a
/// replay lags behind, a year of them may be open, so nothing here is linear in their number for a row or a watermark. Used in turns of one task.
/// </summary>
/// <remarks>
/// The table of a slice holds the keys that are being worked on. A backend that keeps state elsewhere loads a key when it is first used
/// (<see cref="Load"/>), or all keys of a slice before they are enumerated (<see cref="LoadAll"/>), and writes back what the tables hold in
/// <see cref="Release"/> and before a capture. On the heap the tables hold everything.
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="windows">The windows that are made of the slices.</param>
/// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
internal abstract class SliceStore<TKey, TAccumulator>(AlignedWindows[] windows, Func<TAccumulator, TAccumulator> fork)
    where TAccumulator : struct
{
    // The keys that empty slices may have room for; the rest is left to the garbage collector: a rare large slice must not stay in memory.
    private const int MaxSpareKeys = 1 << 16;

    private readonly SliceGrid _grid = new(windows);
    private readonly CaptureVersions _versions = new();

    // The tables of the slices. Captures share the array, so removed tables at the front are set to null until they are half of it.
    private SliceTable<TKey, TAccumulator>?[] _tables = new SliceTable<TKey, TAccumulator>?[4];
    private long _tablesVersion;

    // Several, since a watermark may remove several slices before new ones begin.
    private readonly Stack<Slice<TKey, TAccumulator>> _spare = new();
    private int _spareKeys;
    private int _first;
    private int _end;

    /// <summary>The number of slices.</summary>
    public int Count => _end - _first;

    /// <summary>The slice at a place in the order.</summary>
    public Slice<TKey, TAccumulator> this[int index] => _tables[_first + index]!.Slice;

    /// <summary>The span of the slice that a time falls into.</summary>
    public Window SpanOf(EventTime time) => _grid.SliceOf(time);

    /// <summary>The slice with this end, to be changed; created if it does not exist.</summary>
    public Slice<TKey, TAccumulator> At(EventTime end)
    {
        int index = LastEndingBy(end);
        if (index < 0 || this[index].End != end)
        {
            return Insert(index + 1, end);
        }

        Slice<TKey, TAccumulator> slice = this[index];
        if (slice.Table.IsShared)
        {
            Fork(slice, index);
        }

        return slice;
    }

    /// <summary>Must be called before a slice is changed that was not returned by <see cref="At"/> in this turn.</summary>
    public void Unshare(Slice<TKey, TAccumulator> slice)
    {
        if (slice.Table.IsShared)
        {
            Fork(slice, slice.IsRemoved ? -1 : LastEndingBy(slice.End));
        }
    }

    /// <summary>Adds the slices of this moment to a capture.</summary>
    /// <returns>The keys of all slices, with their hashes; see <see cref="IStatefulOperator.Capture"/>.</returns>
    public abstract IEnumerable<(ulong Hash, (TKey Key, EventTime End, bool HasChanged, TAccumulator Accumulator) Item)> Capture(
        StateCapture capture);

    /// <summary>Loads a key that was just added to a slice's table with an empty accumulator.</summary>
    /// <returns>Whether the store has the key in this slice.</returns>
    public abstract bool Load(SliceTable<TKey, TAccumulator> table, int slot);

    /// <summary>Loads all keys of a slice. They stay loaded, under the same numbers, until <see cref="Release"/>.</summary>
    public abstract void LoadAll(Slice<TKey, TAccumulator> slice);

    /// <summary>
    /// Ends a batch, or the results of a window: the store may write the keys back and take them out of the tables, but for those of slices that have
    /// lists of changed keys.
    /// </summary>
    public abstract void Release();

    /// <summary>The accumulator of a key in a slice, only to be read, and only until anything else is done; null if there is none.</summary>
    public abstract TAccumulator? Peek(Slice<TKey, TAccumulator> slice, in TKey key, ulong hash);

    /// <summary>A copy of a key's accumulator at a time; null if there is none.</summary>
    public TAccumulator? CopyOf<T, TOut>(in TKey key, ulong hash, EventTime time, Aggregate<T, TAccumulator, TOut> aggregate)
    {
        int index = FirstEndingAfter(time);
        int slot = index < Count ? this[index].Table.Find(key, hash) : -1;
        return slot < 0 ? null : aggregate.Copy(this[index].Table.Accumulators[slot]);
    }

    /// <summary>The place of the first slice that ends after a time; <see cref="Count"/> if none does.</summary>
    public int FirstEndingAfter(EventTime time) => LastEndingBy(time) + 1;

    /// <summary>Removes the first slice.</summary>
    public void RemoveFirst()
    {
        Slice<TKey, TAccumulator> slice = this[0];
        TablesForWrite()[_first++] = null;
        if (_first * 2 >= _end)
        {
            Array.Copy(_tables, _first, _tables, 0, Count);
            Array.Clear(_tables, Count, _first);
            (_first, _end) = (0, Count);
        }

        slice.IsRemoved = true;
        OnRemoved(slice);
        if (_spareKeys + slice.Table.Keys.Capacity <= MaxSpareKeys && slice.Changed.Count == 0)
        {
            slice.Clear();
            _spareKeys += slice.Table.Keys.Capacity;
            _spare.Push(slice);
        }
    }

    /// <summary>The captures of the tables that are in flight.</summary>
    protected CaptureVersions Versions => _versions;

    /// <summary>The tables of this moment, in the order of time, for a capture that holds <see cref="Versions"/>.</summary>
    protected IEnumerable<SliceTable<TKey, TAccumulator>> Tables => new ArraySegment<SliceTable<TKey, TAccumulator>?>(_tables, _first, Count)!;

    /// <summary>Called when a slice is removed.</summary>
    protected abstract void OnRemoved(Slice<TKey, TAccumulator> slice);

    private Slice<TKey, TAccumulator> Insert(int index, EventTime end)
    {
        Slice<TKey, TAccumulator> slice = TakeSpare();
        slice.Start = _grid.SliceOf(end.Add(-1)).Start;
        slice.End = slice.Table.End = end;
        slice.FirstWindowEnd = EventTime.MaxValue;
        slice.LastWindowEnd = EventTime.MinValue;
        foreach (AlignedWindows kind in windows)
        {
            slice.FirstWindowEnd = EventTime.Min(slice.FirstWindowEnd, kind.FirstEndAfter(slice.Start));
            slice.LastWindowEnd = EventTime.Max(slice.LastWindowEnd, kind.LastEndOf(slice.Start));
        }

        SliceTable<TKey, TAccumulator>?[] tables = TablesForWrite();
        if (_end == tables.Length)
        {
            Array.Resize(ref _tables, 2 * tables.Length);
            tables = _tables;
        }

        int place = _first + index;
        Array.Copy(tables, place, tables, place + 1, _end - place);
        tables[place] = slice.Table;
        _end++;
        return slice;
    }

    private void Fork(Slice<TKey, TAccumulator> slice, int index)
    {
        _versions.CountCopy();
        slice.Table = slice.Table.Fork();
        if (index >= 0)
        {
            TablesForWrite()[_first + index] = slice.Table;
        }
    }

    private SliceTable<TKey, TAccumulator>?[] TablesForWrite()
    {
        if (_tablesVersion < _versions.Newest)
        {
            _versions.CountCopy();
            _tables = [.. _tables];
            _tablesVersion = _versions.Current;
        }

        return _tables;
    }

    private Slice<TKey, TAccumulator> TakeSpare()
    {
        if (!_spare.TryPop(out Slice<TKey, TAccumulator>? slice))
        {
            return new Slice<TKey, TAccumulator>(_versions, fork, this);
        }

        _spareKeys -= slice.Table.Keys.Capacity;
        return slice;
    }

    private EventTime EndAt(int index) => _tables[_first + index]!.End;

    // The last slice that ends at a time or before; -1 if there is none. Looks at the newest first, then at the middle of the rest.
    private int LastEndingBy(EventTime end)
    {
        int high = Count - 1;
        if (high < 0 || EndAt(high) <= end)
        {
            return high;
        }

        for (int step = 1; high > 0; step *= 2)
        {
            int low = Math.Max(0, high - step);
            if (EndAt(low) <= end)
            {
                return LastEndingBy(end, low, high);
            }

            high = low;
        }

        return -1;
    }

    private int LastEndingBy(EventTime end, int low, int high)
    {
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (EndAt(middle) <= end)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
