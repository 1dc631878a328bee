using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>A span of event time.</summary>
/// <param name="Start">Its first millisecond.</param>
/// <param name="End">The first millisecond after it.</param>
public readonly record struct Window(EventTime Start, EventTime End)
{
    /// <summary>The time of the window's results, and the watermark that closes it: its last millisecond.</summary>
    public EventTime MaxTime => End.Add(-1);
}
