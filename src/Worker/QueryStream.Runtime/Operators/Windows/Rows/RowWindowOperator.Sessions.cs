using QueryStream.Core.Time;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <content>Sessions: each key has a list of their current windows and of their first windows, which identify their state.</content>
internal sealed partial class RowWindowOperator<T, TKey, TOut>
{
    // Not a window: identifies the state of the key itself.
    private static readonly Window OfKey = new(EventTime.MinValue, EventTime.MinValue);

    private readonly ListState<(Window Bounds, Window First)> _sessions;
    private readonly List<(Window Bounds, Window First)> _others = [];
    private readonly List<(Window Bounds, Window First)> _merged = [];

    private bool AddToSession(Session session, in TKey key, in T row, EventTime time)
    {
        EventTime start = EventTime.Max(time, new EventTime(long.MinValue + 1));
        Window bounds = new(time, start.Add(session.GapMilliseconds));
        Select(new WindowKey<TKey>(key, OfKey));
        FindMerged(ref bounds);
        if (IsTooLate(bounds))
        {
            Store.Release();
            return false;
        }

        Window first = _merged.Count > 0 ? _merged[0].First : bounds;
        _others.Add((bounds, first));
        _sessions.Replace([.. _others]);
        Store.Release();
        List<(EventTime Time, T Row)> moved = TakeRowsOfMerged(key, out bool hasFired);
        Select(new WindowKey<TKey>(key, first));
        if (_windows.HasValue)
        {
            DeleteTimers(Bounds);
            hasFired |= _windows.Value.HasFired;
        }

        _windows.Value = (bounds, hasFired);
        SetTimers(bounds);
        if (moved.Count > 0)
        {
            ReplayWith(moved);
        }

        AddRow(row, time);
        Store.Release();
        return true;
    }

    // Finds the sessions that the row merges, and extends the window by them.
    private void FindMerged(ref Window bounds)
    {
        _others.Clear();
        _merged.Clear();
        Window row = bounds;

        // In processing time a session closes when the clock reaches its end.
        long reach = _settings.IsProcessingTime ? 0 : 1;
        EventTime first = row.Start.Add(-reach);
        EventTime limit = row.End.Add(reach);
        foreach ((Window Bounds, Window First) session in _sessions.Values)
        {
            if (session.Bounds.Start < limit && session.Bounds.End > first)
            {
                _merged.Add(session);
                bounds = new Window(EventTime.Min(bounds.Start, session.Bounds.Start), EventTime.Max(bounds.End, session.Bounds.End));
            }
            else
            {
                _others.Add(session);
            }
        }
    }

    // Removes the merged sessions except the first one, and returns their rows.
    private List<(EventTime Time, T Row)> TakeRowsOfMerged(in TKey key, out bool hasFired)
    {
        List<(EventTime, T)> rows = [];
        hasFired = false;
        for (int i = 1; i < _merged.Count; i++)
        {
            Select(new WindowKey<TKey>(key, _merged[i].First));
            hasFired |= _windows.Value.HasFired;
            rows.AddRange(_rows.Values);
            DeleteTimers(Bounds);
            Store.ClearSelected();
            Store.Release();
        }

        return rows;
    }

    // The trigger's states of several sessions cannot be merged, so the trigger gets all their rows again.
    private void ReplayWith(List<(EventTime Time, T Row)> moved)
    {
        (Window, bool) window = _windows.Value;
        _sorted.Fill([.. _rows.Values, .. moved]);
        (EventTime Time, T Row)[] rows = _sorted.ToArray();
        _sorted.Clear();
        Store.ClearSelected();
        _windows.Value = window;
        foreach ((EventTime time, T row) in rows)
        {
            _rows.Add((time, row));
            Function.SetTime(time);
            _trigger.OnRow(row, _triggerCall);
        }
    }

    private void ForgetSession(WindowKey<TKey> window)
    {
        Store.Release();
        Select(window with { Window = OfKey });
        _others.Clear();
        foreach ((Window Bounds, Window First) session in _sessions.Values)
        {
            if (session.First != window.Window)
            {
                _others.Add(session);
            }
        }

        _sessions.Replace([.. _others]);
    }
}
