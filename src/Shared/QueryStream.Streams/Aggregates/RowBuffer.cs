using System.Runtime.CompilerServices;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Aggregates;

/// <summary>Rows with their event times, in order of arrival. Used by one thread.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class RowBuffer<T>
{
    private T[] _rows = [];
    private EventTime[] _times = [];
    private bool _isSorted = true;

    // Whether a fork shares the arrays: then only positions after the last row may be written.
    private bool _isShared;

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>The memory of the arrays, without objects that rows refer to.</summary>
    public long Bytes => (_rows.Length * (long)(Unsafe.SizeOf<T>() + sizeof(long))) + 80;

    /// <summary>The rows.</summary>
    public ReadOnlySpan<T> Rows => _rows.AsSpan(0, Count);

    /// <summary>Their event times.</summary>
    public ReadOnlySpan<EventTime> Times => _times.AsSpan(0, Count);

    /// <summary>A buffer that replaces this one, which must not change any more. Both share their arrays until existing rows are moved.</summary>
    public RowBuffer<T> Fork() => new() { _rows = _rows, _times = _times, _isSorted = _isSorted, _isShared = true, Count = Count };

    /// <summary>A buffer with the rows of <see cref="ToArray"/>; null for null.</summary>
    public static RowBuffer<T>? Of((EventTime Time, T Row)[]? all)
    {
        if (all is null)
        {
            return null;
        }

        RowBuffer<T> rows = new();
        rows.Reserve(all.Length);
        foreach ((EventTime time, T row) in all)
        {
            rows.Add(row, time);
        }

        return rows;
    }

    /// <summary>All rows with their times.</summary>
    public (EventTime Time, T Row)[] ToArray()
    {
        (EventTime, T)[] all = new (EventTime, T)[Count];
        for (int i = 0; i < Count; i++)
        {
            all[i] = (_times[i], _rows[i]);
        }

        return all;
    }

    /// <summary>Adds a row, which must own its texts.</summary>
    public void Add(in T row, EventTime time)
    {
        if (Count == _rows.Length)
        {
            Reserve(Math.Max(4, Count * 2));
        }

        _isSorted &= Count == 0 || _times[Count - 1] <= time;
        _rows[Count] = row;
        _times[Count++] = time;
    }

    /// <summary>Adds the rows of another buffer, which does not change.</summary>
    public void AddAll(RowBuffer<T> other)
    {
        if (Count + other.Count > _rows.Length)
        {
            Reserve(Math.Max(Count + other.Count, _rows.Length * 2));
        }

        _isSorted &= other._isSorted && (Count == 0 || other.Count == 0 || _times[Count - 1] <= other._times[0]);
        other.Rows.CopyTo(_rows.AsSpan(Count));
        other.Times.CopyTo(_times.AsSpan(Count));
        Count += other.Count;
    }

    /// <summary>Inserts a row at an index.</summary>
    public void Insert(int index, in T row, EventTime time)
    {
        Unshare();
        Add(row, time);
        _rows.AsSpan(index, Count - 1 - index).CopyTo(_rows.AsSpan(index + 1));
        _times.AsSpan(index, Count - 1 - index).CopyTo(_times.AsSpan(index + 1));
        (_rows[index], _times[index], _isSorted) = (row, time, false);
    }

    /// <summary>Removes the last row.</summary>
    public void RemoveLast()
    {
        Unshare();
        _rows[--Count] = default!;
    }

    /// <summary>Sorts the rows by event time, then by arrival.</summary>
    public void Sort()
    {
        if (_isSorted)
        {
            return;
        }

        (EventTime Time, int Arrival)[] order = new (EventTime, int)[Count];
        for (int i = 0; i < Count; i++)
        {
            order[i] = (_times[i], i);
        }

        Array.Sort(order);
        T[] rows = new T[Count];
        EventTime[] times = new EventTime[Count];
        for (int i = 0; i < Count; i++)
        {
            rows[i] = _rows[order[i].Arrival];
            times[i] = order[i].Time;
        }

        (_rows, _times, _isSorted, _isShared) = (rows, times, true, false);
    }

    private void Unshare()
    {
        if (_isShared)
        {
            (_rows, _times, _isShared) = ([.. _rows], [.. _times], false);
        }
    }

    private void Reserve(int capacity)
    {
        Array.Resize(ref _rows, capacity);
        Array.Resize(ref _times, capacity);
        _isShared = false;
    }
}
