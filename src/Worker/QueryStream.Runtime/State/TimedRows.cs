using System.Runtime.CompilerServices;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.State;

/// <summary>Rows of one key, ordered by event time, each with a mark. Most rows are added at the end and removed from the start.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class TimedRows<T>
{
    private T[] _rows;
    private EventTime[] _times;
    private bool[] _marks;
    private int _first;

    // Whether a capture shares the arrays. Beyond the last row they may still be written.
    private bool _isShared;

    /// <summary>Creates an empty list.</summary>
    public TimedRows() => (_rows, _times, _marks) = (new T[4], new EventTime[4], new bool[4]);

    private TimedRows(TimedRows<T> shared)
    {
        (_rows, _times, _marks, _first, _isShared) = (shared._rows, shared._times, shared._marks, shared._first, true);
        (Count, Armed) = (shared.Count, shared.Armed);
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The number of allocated rows.</summary>
    public int Capacity => _rows.Length;

    /// <summary>
    /// The earliest pending timer of these rows, so that it is not set again for each row. Not part of the state.
    /// </summary>
    public EventTime Armed { get; set; } = EventTime.MaxValue;

    /// <summary>A row.</summary>
    public ref readonly T RowAt(int index) => ref _rows[_first + index];

    /// <summary>The event time of a row.</summary>
    public EventTime TimeAt(int index) => _times[_first + index];

    /// <summary>Whether a row is marked.</summary>
    public bool IsMarked(int index) => _marks[_first + index];

    /// <summary>Marks a row.</summary>
    public void Mark(int index)
    {
        Unshare();
        _marks[_first + index] = true;
    }

    /// <summary>
    /// Rows that replace these, which captures hold and which must not change from now on. Both share their arrays until rows in the middle are
    /// changed.
    /// </summary>
    public TimedRows<T> Fork() => new(this);

    /// <summary>The first row whose time is not before another; <see cref="Count"/> if there is none.</summary>
    public int FirstFrom(EventTime time)
    {
        // New rows look for their place at the end.
        if (Count == 0 || TimeAt(Count - 1) < time)
        {
            return Count;
        }

        int low = 0;
        int high = Count - 1;
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

    /// <summary>The first row whose time is after another; <see cref="Count"/> if there is none.</summary>
    public int FirstAfter(EventTime time) => time == EventTime.MaxValue ? Count : FirstFrom(new EventTime(time.Milliseconds + 1));

    /// <summary>Adds a row after those of the same time.</summary>
    public void Add(in T row, EventTime time, bool mark)
    {
        int index = FirstAfter(time);
        if (index < Count)
        {
            Unshare();
        }

        if (_first + Count == _rows.Length)
        {
            MakeRoom();
        }

        int at = _first + index;
        if (Count - index is > 0 and int moved)
        {
            Array.Copy(_rows, at, _rows, at + 1, moved);
            Array.Copy(_times, at, _times, at + 1, moved);
            Array.Copy(_marks, at, _marks, at + 1, moved);
        }

        (_rows[at], _times[at], _marks[at]) = (row, time, mark);
        Count++;
    }

    /// <summary>Replaces the row of the same time, or adds one.</summary>
    public void Put(in T row, EventTime time)
    {
        int index = FirstFrom(time);
        if (index < Count && TimeAt(index) == time)
        {
            Unshare();
            _rows[_first + index] = row;
        }
        else
        {
            Add(row, time, mark: false);
        }
    }

    /// <summary>Removes rows from the start.</summary>
    public void DropFirst(int count)
    {
        if (count == Count && _isShared)
        {
            // New rows would overwrite those of the capture.
            (_rows, _times, _marks, _first, Count, _isShared) = (new T[4], new EventTime[4], new bool[4], 0, 0, false);
            return;
        }

        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>() && !_isShared)
        {
            Array.Clear(_rows, _first, count);
        }

        _first = count == Count ? 0 : _first + count;
        Count -= count;
    }

    private void Unshare()
    {
        if (_isShared)
        {
            (_rows, _times, _marks, _isShared) = ([.. _rows], [.. _times], [.. _marks], false);
        }
    }

    // Moves the rows to the start if at least half of the array is free there, so that the cost per removed row is constant.
    private void MakeRoom()
    {
        int capacity = _first >= _rows.Length / 2 ? _rows.Length : _rows.Length * 2;
        if (capacity > _rows.Length || _isShared)
        {
            T[] rows = new T[capacity];
            EventTime[] times = new EventTime[capacity];
            bool[] marks = new bool[capacity];
            Move(rows, times, marks);
            (_rows, _times, _marks, _isShared) = (rows, times, marks, false);
        }
        else
        {
            Move(_rows, _times, _marks);
            Array.Clear(_rows, Count, _rows.Length - Count);
        }

        _first = 0;
    }

    private void Move(T[] rows, EventTime[] times, bool[] marks)
    {
        Array.Copy(_rows, _first, rows, 0, Count);
        Array.Copy(_times, _first, times, 0, Count);
        Array.Copy(_marks, _first, marks, 0, Count);
    }
}
