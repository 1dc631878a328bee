using System.Runtime.CompilerServices;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.State;

/// <summary>Rows of one key in the order of their event times, each with a mark. New ones mostly belong to the end, and go from the start.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class TimedRows<T>
{
    private T[] _rows = new T[4];
    private EventTime[] _times = new EventTime[4];
    private bool[] _marks = new bool[4];
    private int _first;

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The rows that there is room for.</summary>
    public int Capacity => _rows.Length;

    /// <summary>The earliest timer that was set for these rows and has not been called; spares setting it again and again. Not part of the state.</summary>
    public EventTime Armed { get; set; } = EventTime.MaxValue;

    /// <summary>A row.</summary>
    public ref readonly T RowAt(int index) => ref _rows[_first + index];

    /// <summary>The event time of a row.</summary>
    public EventTime TimeAt(int index) => _times[_first + index];

    /// <summary>The mark of a row.</summary>
    public ref bool MarkAt(int index) => ref _marks[_first + index];

    /// <summary>The first row whose time is not before another; <see cref="Count"/> where there is none.</summary>
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

    /// <summary>The first row whose time is after another; <see cref="Count"/> where there is none.</summary>
    public int FirstAfter(EventTime time) => time == EventTime.MaxValue ? Count : FirstFrom(new EventTime(time.Milliseconds + 1));

    /// <summary>Adds a row behind those of the same time.</summary>
    public void Add(in T row, EventTime time, bool mark)
    {
        int index = FirstAfter(time);
        if (_first + Count == _rows.Length)
        {
            MakeRoom();
        }

        int at = _first + index;
        int moved = Count - index;
        Array.Copy(_rows, at, _rows, at + 1, moved);
        Array.Copy(_times, at, _times, at + 1, moved);
        Array.Copy(_marks, at, _marks, at + 1, moved);
        (_rows[at], _times[at], _marks[at]) = (row, time, mark);
        Count++;
    }

    /// <summary>Puts a row in the place of that of the same time, or adds it.</summary>
    public void Put(in T row, EventTime time)
    {
        int index = FirstFrom(time);
        if (index < Count && TimeAt(index) == time)
        {
            _rows[_first + index] = row;
        }
        else
        {
            Add(row, time, mark: false);
        }
    }

    /// <summary>Forgets rows from the start.</summary>
    public void DropFirst(int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Array.Clear(_rows, _first, count);
        }

        _first = count == Count ? 0 : _first + count;
        Count -= count;
    }

    // Moves the rows to the start where at least half of the room is there, so that the cost is shared by as many rows as have gone.
    private void MakeRoom()
    {
        if (_first >= _rows.Length / 2)
        {
            Array.Copy(_rows, _first, _rows, 0, Count);
            Array.Copy(_times, _first, _times, 0, Count);
            Array.Copy(_marks, _first, _marks, 0, Count);
            Array.Clear(_rows, Count, _rows.Length - Count);
            _first = 0;
            return;
        }

        Array.Resize(ref _rows, _rows.Length * 2);
        Array.Resize(ref _times, _rows.Length);
        Array.Resize(ref _marks, _rows.Length);
    }
}
