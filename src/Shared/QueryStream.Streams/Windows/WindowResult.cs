using System.Globalization;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>A span of event time.</summary>
/// <param name="Start">Its first millisecond.</param>
/// <param name="End">The first millisecond after it.</param>
public readonly record struct Window(EventTime Start, EventTime End)
{
    /// <summary>The window's last millisecond: the event time of its results, and the watermark that closes it.</summary>
    public EventTime MaxTime => End.Add(-1);

    /// <summary>Start and end: <c>2026-01-05T10:00:00.000Z to 2026-01-05T10:01:00.000Z</c>.</summary>
    public override string ToString() => $"{Start} to {End}";
}

/// <summary>Whether a result of a window and key is early, on time or an update.</summary>
public enum Pane : byte
{
    /// <summary>The window is still open; more results follow.</summary>
    Early,

    /// <summary>The window has closed, and this is its first result since then.</summary>
    OnTime,

    /// <summary>A late row within the allowed lateness has changed the result.</summary>
    Update,
}

/// <summary>The result of one window for one key.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value of the aggregates.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Window">The window.</param>
/// <param name="Pane">Whether it is early, on time or an update.</param>
/// <param name="Value">The value of the aggregates.</param>
/// <param name="Index">The number of the kind of window in <c>Windows(...)</c>, from 0.</param>
public readonly record struct WindowResult<TKey, TValue>(TKey Key, Window Window, Pane Pane, TValue Value, int Index = 0)
{
    /// <summary>
    /// Key, value and window: <c>tea: 7 (2026-01-05T10:00:00.000Z to 2026-01-05T10:01:00.000Z)</c>; early results and updates say so.
    /// </summary>
    public override string ToString()
    {
        string key = typeof(TKey) == typeof(Unit) ? "" : string.Create(CultureInfo.InvariantCulture, $"{Key}: ");
        string pane = Pane switch
        {
            Pane.Early => ", early",
            Pane.Update => ", update",
            _ => "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{key}{Value} ({Window}{pane})");
    }
}
