using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <summary>The rows of the window whose result is being computed. One instance per subtask; used in its turns.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class SortedRows<T> : WindowRows<T>
{
    private (EventTime Time, int Arrival)[] _order = [];
    private T[] _rows = [];
    private EventTime[] _times = [];
    private int _count;

    public override ReadOnlySpan<T> Rows => _rows.AsSpan(0, _count);

    public override ReadOnlySpan<EventTime> Times => _times.AsSpan(0, _count);

    /// <summary>Whether rows may be removed.</summary>
    public bool MayChange { get; set; }

    /// <summary>Whether rows were removed.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Takes rows in order of arrival, and sorts them by time.</summary>
    public void Fill(ReadOnlySpan<(EventTime Time, T Row)> rows)
    {
        (_count, HasChanged) = (rows.Length, false);
        if (_rows.Length < _count)
        {
            int capacity = Math.Max(_count, _rows.Length * 2);
            (_order, _rows, _times) = (new (EventTime, int)[capacity], new T[capacity], new EventTime[capacity]);
        }

        for (int i = 0; i < _count; i++)
        {
            _order[i] = (rows[i].Time, i);
        }

        Array.Sort(_order, 0, _count);
        for (int i = 0; i < _count; i++)
        {
            (_times[i], _rows[i]) = rows[_order[i].Arrival];
        }
    }

    /// <summary>The rows with their times.</summary>
    public (EventTime Time, T Row)[] ToArray()
    {
        (EventTime, T)[] all = new (EventTime, T)[_count];
        for (int i = 0; i < _count; i++)
        {
            all[i] = (_times[i], _rows[i]);
        }

        return all;
    }

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        Array.Clear(_rows);
        _count = 0;
    }

    public override void RemoveWhere(Func<T, EventTime, bool> condition)
    {
        if (!MayChange)
        {
            throw new InvalidOperationException("A window function cannot take rows out of its window: an evictor can.");
        }

        int left = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!condition(_rows[i], _times[i]))
            {
                (_rows[left], _times[left]) = (_rows[i], _times[i]);
                left++;
            }
        }

        HasChanged |= left < _count;
        _count = left;
    }
}
