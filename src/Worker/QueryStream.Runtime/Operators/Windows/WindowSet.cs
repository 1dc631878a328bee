using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>
/// The windows that hold something, in order of their ends. Mostly there are few, and the newest are asked for; but where one split of a
/// replay lags behind, a year of them may be open, so nothing here is linear in their number for a row or a watermark.
/// Those that have fired come before those that have not. Used by one thread.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class WindowSet<TKey, TAccumulator>
    where TAccumulator : struct
{
    // Larger tables are left to the garbage collector: a rare large window must not stay in memory.
    private const int LargestReused = 1 << 16;

    // The removed ones at the front stay as nulls until they are half of the list.
    private readonly List<WindowState<TKey, TAccumulator>?> _windows = [];
    private WindowState<TKey, TAccumulator>? _spare;
    private int _first;

    /// <summary>The number of windows.</summary>
    public int Count => _windows.Count - _first;

    /// <summary>The window at a place in the order.</summary>
    public WindowState<TKey, TAccumulator> this[int index] => _windows[_first + index]!;

    /// <summary>The window that ends then; made where it is not there.</summary>
    public WindowState<TKey, TAccumulator> At(EventTime end)
    {
        int index = Count - 1;
        if (index >= 0 && this[index].End > end)
        {
            index = LastNotAfter(end, index);
        }

        if (index >= 0 && this[index].End == end)
        {
            return this[index];
        }

        WindowState<TKey, TAccumulator> window = _spare ?? new WindowState<TKey, TAccumulator>();
        _spare = null;
        window.End = end;
        _windows.Insert(_first + index + 1, window);
        return window;
    }

    /// <summary>The place of the first window that has not fired; <see cref="Count"/> where all have.</summary>
    public int FirstOpen()
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (this[middle].HasFired)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Removes the window that ends first.</summary>
    public void RemoveFirst()
    {
        WindowState<TKey, TAccumulator> window = this[0];
        _windows[_first++] = null;
        if (_first * 2 >= _windows.Count)
        {
            _windows.RemoveRange(0, _first);
            _first = 0;
        }

        if (window.Groups.Capacity <= LargestReused)
        {
            window.Clear();
            _spare = window;
        }
    }

    // The window before the given one whose end is the given one or the next before it; -1 where there is none. Looks at the newest
    // first, then at the middle of the rest.
    private int LastNotAfter(EventTime end, int before)
    {
        int high = before;
        for (int step = 1; high > 0; step *= 2)
        {
            int low = Math.Max(0, high - step);
            if (this[low].End <= end)
            {
                return LastNotAfter(end, low, high);
            }

            high = low;
        }

        return -1;
    }

    private int LastNotAfter(EventTime end, int low, int high)
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
