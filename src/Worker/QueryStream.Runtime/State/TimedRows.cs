using System.Runtime.CompilerServices;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.State;

/// <summary>Rows of one key, ordered by event time, each with a mark. Most rows are added at the end and removed from the start.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class TimedRows<T>
{
    // A row next to its time and mark, so that they are on the same cache line.
    private Entry[] _entries;
    private int _first;
    private int _count;

    // Whether a capture shares the array. Beyond the last row it may still be written.
    private bool _isShared;

    /// <summary>Creates an empty list.</summary>
    public TimedRows() => _entries = new Entry[4];

    private TimedRows(TimedRows<T> shared)
    {
        (_entries, _first, _count, _isShared) = (shared._entries, shared._first, shared._count, true);
        Armed = shared.Armed;
    }

    /// <summary>The number of rows.</summary>
    public int Count => _count;

    /// <summary>The number of allocated rows.</summary>
    public int Capacity => _entries.Length;

    /// <summary>
    /// The earliest pending timer of these rows, so that it is not set again for each row. Not part of the state.
    /// </summary>
    public EventTime Armed { get; set; } = EventTime.MaxValue;

    /// <summary>A row.</summary>
    public ref readonly T RowAt(int index) => ref _entries[_first + index].Row;

    /// <summary>The event time of a row.</summary>
    public EventTime TimeAt(int index) => _entries[_first + index].Time;

    /// <summary>Whether a row is marked.</summary>
    public bool IsMarked(int index) => _entries[_first + index].IsMarked;

    /// <summary>Marks a row.</summary>
    public void Mark(int index)
    {
        Unshare();
        _entries[_first + index].IsMarked = true;
    }

    /// <summary>
    /// Rows that replace these, which captures hold and which must not change from now on. Both share their array until rows in the middle are
    /// changed.
    /// </summary>
    public TimedRows<T> Fork() => new(this);

    /// <summary>The first row whose time is not before another; <see cref="Count"/> if there is none.</summary>
    public int FirstFrom(EventTime time) => _count == 0 || TimeAt(_count - 1) < time ? _count : Search(time);

    /// <summary>The first row whose time is after another; <see cref="Count"/> if there is none.</summary>
    public int FirstAfter(EventTime time) =>
        _count == 0 || TimeAt(_count - 1) <= time ? _count : Search(new EventTime(time.Milliseconds + 1));

    /// <summary>Adds a row after those of the same time.</summary>
    public void Add(in T row, EventTime time, bool mark) => Insert(FirstAfter(time), row, time, mark);

    /// <summary>Replaces the row of the same time, or adds one.</summary>
    public void Put(in T row, EventTime time)
    {
        int index = FirstFrom(time);
        if (index < _count && TimeAt(index) == time)
        {
            Unshare();
            _entries[_first + index].Row = row;
        }
        else
        {
            Insert(index, row, time, mark: false);
        }
    }

    /// <summary>Removes rows from the start.</summary>
    public void DropFirst(int count)
    {
        if (count == _count && _isShared)
        {
            // New rows would overwrite those of the capture.
            (_entries, _first, _count, _isShared) = (new Entry[4], 0, 0, false);
            return;
        }

        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>() && !_isShared)
        {
            Array.Clear(_entries, _first, count);
        }

        _first = count == _count ? 0 : _first + count;
        _count -= count;
    }

    // Called if the last row is not before the time: new rows look for their place at the end first.
    private int Search(EventTime time)
    {
        int low = 0;
        int high = _count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (TimeAt(middle) < time)
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

    private void Insert(int index, in T row, EventTime time, bool mark)
    {
        if (_first + _count == _entries.Length)
        {
            MakeRoom();
        }

        if (index < _count)
        {
            Unshare();
            Array.Copy(_entries, _first + index, _entries, _first + index + 1, _count - index);
        }

        ref Entry entry = ref _entries[_first + index];
        (entry.Row, entry.Time, entry.IsMarked) = (row, time, mark);
        _count++;
    }

    private void Unshare()
    {
        if (_isShared)
        {
            (_entries, _isShared) = ([.. _entries], false);
        }
    }

    // Moves the rows to the start if at least half of the array is free there, so that the cost per removed row is constant.
    private void MakeRoom()
    {
        int capacity = _first >= _entries.Length / 2 ? _entries.Length : _entries.Length * 2;
        if (capacity > _entries.Length || _isShared)
        {
            Entry[] entries = new Entry[capacity];
            Array.Copy(_entries, _first, entries, 0, _count);
            (_entries, _isShared) = (entries, false);
        }
        else
        {
            Array.Copy(_entries, _first, _entries, 0, _count);
            Array.Clear(_entries, _count, _entries.Length - _count);
        }

        _first = 0;
    }

    private struct Entry
    {
        public T Row;
        public EventTime Time;
        public bool IsMarked;
    }
}
