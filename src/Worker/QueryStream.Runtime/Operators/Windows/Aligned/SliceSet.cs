using QueryStream.Streams.Aggregates;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// The slices that hold something, in order of time. Mostly there are few, and the newest are asked for; but where one split of a
/// replay lags behind, a year of them may be open, so nothing here is linear in their number for a row or a watermark.
/// Used by one thread.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="windows">The windows that are made of the slices.</param>
internal sealed class SliceSet<TKey, TAccumulator>(AlignedWindows[] windows)
    where TAccumulator : struct
{
    // The keys that empty slices may have room for; the rest is left to the garbage collector: a rare large slice must not stay in memory.
    private const int MostSpare = 1 << 16;

    private readonly SliceGrid _grid = new(windows);

    // The removed ones at the front stay as nulls until they are half of the list.
    private readonly List<Slice<TKey, TAccumulator>?> _slices = [];

    // Several, since a watermark may remove several before the next ones begin.
    private readonly Stack<Slice<TKey, TAccumulator>> _spare = new();
    private int _spareKeys;
    private int _first;

    /// <summary>The number of slices.</summary>
    public int Count => _slices.Count - _first;

    /// <summary>The slice at a place in the order.</summary>
    public Slice<TKey, TAccumulator> this[int index] => _slices[_first + index]!;

    /// <summary>The span of the slice that a time falls into.</summary>
    public Window SpanOf(EventTime time) => _grid.SliceOf(time);

    /// <summary>The slice that ends then; made where it is not there.</summary>
    public Slice<TKey, TAccumulator> At(EventTime end)
    {
        int index = LastEndingBy(end);
        return index >= 0 && this[index].End == end ? this[index] : Insert(index + 1, end);
    }

    /// <summary>A copy of a key's accumulator at a time; null where there is none.</summary>
    public TAccumulator? CopyOf<T, TOut>(in TKey key, ulong hash, EventTime time, Aggregate<T, TAccumulator, TOut> aggregate)
    {
        int index = FirstEndingAfter(time);
        int group = index < Count ? this[index].Groups.Find(key, hash) : -1;
        return group < 0 ? null : aggregate.Copy(this[index].Accumulators[group]);
    }

    /// <summary>The place of the first slice that ends after a time; <see cref="Count"/> where none does.</summary>
    public int FirstEndingAfter(EventTime time) => LastEndingBy(time) + 1;

    /// <summary>Removes the first slice.</summary>
    public void RemoveFirst()
    {
        Slice<TKey, TAccumulator> slice = this[0];
        _slices[_first++] = null;
        if (_first * 2 >= _slices.Count)
        {
            _slices.RemoveRange(0, _first);
            _first = 0;
        }

        slice.IsRemoved = true;
        if (_spareKeys + slice.Groups.Capacity <= MostSpare && slice.Changed.Count == 0)
        {
            slice.Clear();
            _spareKeys += slice.Groups.Capacity;
            _spare.Push(slice);
        }
    }

    private Slice<TKey, TAccumulator> Insert(int index, EventTime end)
    {
        Slice<TKey, TAccumulator> slice = TakeSpare();
        slice.Start = _grid.SliceOf(end.Add(-1)).Start;
        slice.End = end;
        slice.FirstWindowEnd = EventTime.MaxValue;
        slice.LastWindowEnd = EventTime.MinValue;
        foreach (AlignedWindows kind in windows)
        {
            slice.FirstWindowEnd = EventTime.Min(slice.FirstWindowEnd, kind.FirstEndAfter(slice.Start));
            slice.LastWindowEnd = EventTime.Max(slice.LastWindowEnd, kind.LastEndOf(slice.Start));
        }

        _slices.Insert(_first + index, slice);
        return slice;
    }

    private Slice<TKey, TAccumulator> TakeSpare()
    {
        if (!_spare.TryPop(out Slice<TKey, TAccumulator>? slice))
        {
            return new Slice<TKey, TAccumulator>();
        }

        _spareKeys -= slice.Groups.Capacity;
        return slice;
    }

    // The last slice that ends at a time or before; -1 where there is none. Looks at the newest first, then at the middle of the rest.
    private int LastEndingBy(EventTime end)
    {
        int high = Count - 1;
        if (high < 0 || this[high].End <= end)
        {
            return high;
        }

        for (int step = 1; high > 0; step *= 2)
        {
            int low = Math.Max(0, high - step);
            if (this[low].End <= end)
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
            if (this[middle].End <= end)
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
