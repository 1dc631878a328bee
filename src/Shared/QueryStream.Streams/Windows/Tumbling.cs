using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>Windows of one size that follow each other without overlap.</summary>
public sealed record Tumbling : AlignedWindows
{
    private readonly WindowEdge _edge;

    private Tumbling(long size, long offset)
    {
        (SizeMilliseconds, OffsetMilliseconds) = (size, offset);
        _edge = WindowEdge.Through(size, offset);
    }

    /// <summary>The size of a window, in milliseconds.</summary>
    public long SizeMilliseconds { get; }

    /// <summary>The start of one of the windows, in milliseconds from the epoch.</summary>
    public long OffsetMilliseconds { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<WindowEdge> Edges => [_edge];

    /// <summary>Windows of this size.</summary>
    /// <param name="size">1 ms to 10,000 days, in whole milliseconds.</param>
    /// <param name="offset">Where one of them starts, from the epoch in UTC: days of UTC+8 have an offset of -8 hours. Between -size and
    /// size.</param>
    /// <exception cref="JobDefinitionException">A duration is out of its range.</exception>
    public static Tumbling Of(TimeSpan size, TimeSpan offset = default)
    {
        long milliseconds = WindowDurations.Check("A tumbling window", "its size", size);
        return new Tumbling(milliseconds, WindowDurations.CheckOffset("A tumbling window", offset, "its size", size));
    }

    /// <summary>The window that contains a time.</summary>
    public Window WindowOf(EventTime time) => _edge.Around(time);

    /// <inheritdoc/>
    public override EventTime FirstEndAfter(EventTime time) => CutOff(_edge.AtOrBefore(time.Milliseconds) + SizeMilliseconds);

    /// <inheritdoc/>
    public override EventTime LastEndOf(EventTime time) => FirstEndAfter(time);

    /// <inheritdoc/>
    public override EventTime StartOf(EventTime end) => CutOff(_edge.AtOrAfter(end.Milliseconds) - SizeMilliseconds);

    /// <inheritdoc/>
    public override string ToString() => $"Tumbling({WindowDurations.Format(SizeMilliseconds, OffsetMilliseconds)})";
}
