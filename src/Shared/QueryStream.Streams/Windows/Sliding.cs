using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>Overlapping windows of one size: a new one starts at each slide.</summary>
public sealed record Sliding : AlignedWindows
{
    /// <summary>The maximum number of windows that contain a row, since each of them emits a result.</summary>
    public const int MaxWindowsPerRow = 100_000;

    private readonly WindowEdge _starts;
    private readonly WindowEdge _ends;

    private Sliding(long size, long slide, long offset)
    {
        (SizeMilliseconds, SlideMilliseconds, OffsetMilliseconds) = (size, slide, offset);
        _starts = WindowEdge.Through(slide, offset);
        _ends = WindowEdge.Through(slide, offset + size);
    }

    /// <summary>The size of a window, in milliseconds.</summary>
    public long SizeMilliseconds { get; }

    /// <summary>The time between the starts of two consecutive windows, in milliseconds.</summary>
    public long SlideMilliseconds { get; }

    /// <summary>The start of one of the windows, in milliseconds from the epoch.</summary>
    public long OffsetMilliseconds { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<WindowEdge> Edges => [_starts, _ends];

    /// <summary>Windows with this size and slide.</summary>
    /// <param name="size">1 ms to 10,000 days, in whole milliseconds.</param>
    /// <param name="slide">The time between two starts: 1 ms to the size, and at least a 100,000th of it.</param>
    /// <param name="offset">Where one of them starts, from the epoch in UTC. Between -slide and slide.</param>
    /// <exception cref="JobDefinitionException">A duration is out of its range.</exception>
    public static Sliding Of(TimeSpan size, TimeSpan slide, TimeSpan offset = default)
    {
        const string What = "A sliding window";
        long sizeMilliseconds = WindowDurations.Check(What, "its size", size);
        long slideMilliseconds = WindowDurations.Check(What, "its slide", slide);
        if (slide > size)
        {
            throw new JobDefinitionException(
                $"{What} of size {Durations.Format(size)} cannot have a slide of {Durations.Format(slide)}: "
                + "that must be at most its size, since rows between two windows would be lost.");
        }

        if (sizeMilliseconds / slideMilliseconds > MaxWindowsPerRow)
        {
            throw new JobDefinitionException(
                $"{What} of size {Durations.Format(size)} cannot have a slide of {Durations.Format(slide)}: "
                + $"each row would fall into {sizeMilliseconds / slideMilliseconds} windows, and {MaxWindowsPerRow} are possible.");
        }

        return new Sliding(sizeMilliseconds, slideMilliseconds, WindowDurations.CheckOffset(What, offset, "its slide", slide));
    }

    /// <inheritdoc/>
    public override EventTime FirstEndAfter(EventTime time) => CutOff(_ends.AtOrBefore(time.Milliseconds) + SlideMilliseconds);

    /// <inheritdoc/>
    public override EventTime LastEndOf(EventTime time) => CutOff(_starts.AtOrBefore(time.Milliseconds) + SizeMilliseconds);

    /// <inheritdoc/>
    public override EventTime StartOf(EventTime end) => CutOff(_ends.AtOrAfter(end.Milliseconds) - SizeMilliseconds);

    /// <inheritdoc/>
    public override string ToString() =>
        $"Sliding({WindowDurations.Format(SizeMilliseconds, 0)}, {WindowDurations.Format(SlideMilliseconds, OffsetMilliseconds)})";
}
