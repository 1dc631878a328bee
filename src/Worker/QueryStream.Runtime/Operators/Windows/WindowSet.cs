using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>The windows that hold something, in order of their ends. There are few at a time. Used by one thread.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class WindowSet<TKey, TAccumulator>
    where TAccumulator : struct
{
    // Larger tables are left to the garbage collector: a rare large window must not stay in memory.
    private const int LargestReused = 1 << 16;

    private readonly List<WindowState<TKey, TAccumulator>> _windows = [];
    private WindowState<TKey, TAccumulator>? _spare;

    /// <summary>The number of windows.</summary>
    public int Count => _windows.Count;

    /// <summary>The window at a place in the order.</summary>
    public WindowState<TKey, TAccumulator> this[int index] => _windows[index];

    /// <summary>The window that ends then; made where it is not there.</summary>
    public WindowState<TKey, TAccumulator> At(EventTime end)
    {
        // The newest window is asked for most.
        int index = _windows.Count;
        while (index > 0 && _windows[index - 1].End > end)
        {
            index--;
        }

        if (index > 0 && _windows[index - 1].End == end)
        {
            return _windows[index - 1];
        }

        WindowState<TKey, TAccumulator> window = _spare ?? new WindowState<TKey, TAccumulator>();
        _spare = null;
        window.End = end;
        _windows.Insert(index, window);
        return window;
    }

    /// <summary>Removes the window that ends first.</summary>
    public void RemoveFirst()
    {
        WindowState<TKey, TAccumulator> window = _windows[0];
        _windows.RemoveAt(0);
        if (window.Groups.Capacity <= LargestReused)
        {
            window.Clear();
            _spare = window;
        }
    }
}
