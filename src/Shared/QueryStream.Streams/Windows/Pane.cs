namespace QueryStream.Streams.Windows;

/// <summary>Which result of a window and key this is.</summary>
public enum Pane : byte
{
    /// <summary>The window is still open; more results follow.</summary>
    Early,

    /// <summary>The first result since the window has closed.</summary>
    OnTime,

    /// <summary>A record that came after the close, within the lateness, has changed the result.</summary>
    Update,
}
