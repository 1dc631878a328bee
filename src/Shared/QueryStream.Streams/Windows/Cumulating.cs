using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>
/// Windows that share a start and end one step after another: for a day in steps of an hour, the first window has one hour, and the last all 24.
/// </summary>
public sealed record Cumulating : AlignedWindows
{
    private readonly WindowEdge _starts;
    private readonly WindowEdge _ends;

    private Cumulating(long maxSize, long step, long offset)
    {
        (MaxSizeMilliseconds, StepMilliseconds, OffsetMilliseconds) = (maxSize, step, offset);
        _starts = WindowEdge.Through(maxSize, offset);
        _ends = WindowEdge.Through(step, offset);
    }

    /// <summary>The size of the largest window, in milliseconds.</summary>
    public long MaxSizeMilliseconds { get; }

    /// <summary>The difference in size between a window and the previous one, in milliseconds.</summary>
    public long StepMilliseconds { get; }

    /// <summary>The start of one of the windows, in milliseconds from the epoch.</summary>
    public long OffsetMilliseconds { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<WindowEdge> Edges => [_ends];

    /// <summary>Windows that grow by a step up to a maximum size, and then start again.</summary>
    /// <param name="maxSize">The size of the largest: 1 ms to 10,000 days, in whole milliseconds.</param>
    /// <param name="step">By how much they grow: divides <paramref name="maxSize"/>, into 100,000 parts at most.</param>
    /// <param name="offset">Where one of them starts, from the epoch in UTC. Between -maxSize and maxSize.</param>
    /// <exception cref="JobDefinitionException">A duration is out of its range, or the step does not divide the size.</exception>
    public static Cumulating Of(TimeSpan maxSize, TimeSpan step, TimeSpan offset = default)
    {
        const string What = "A cumulating window";
        long max = WindowDurations.Check(What, "its largest size", maxSize);
        long stepMilliseconds = WindowDurations.Check(What, "its step", step);
        if (max % stepMilliseconds != 0)
        {
            throw new JobDefinitionException(
                $"{What} of at most {Durations.Format(maxSize)} cannot grow by steps of {Durations.Format(step)}: "
                + "a step must divide the largest size.");
        }

        if (max / stepMilliseconds > Sliding.MaxWindowsPerRow)
        {
            throw new JobDefinitionException(
                $"{What} of at most {Durations.Format(maxSize)} cannot grow by steps of {Durations.Format(step)}: "
                + $"that makes {max / stepMilliseconds} steps, and {Sliding.MaxWindowsPerRow} are possible.");
        }

        return new Cumulating(max, stepMilliseconds, WindowDurations.CheckOffset(What, offset, "its largest size", maxSize));
    }

    /// <inheritdoc/>
    public override EventTime FirstEndAfter(EventTime time) => CutOff(_ends.AtOrBefore(time.Milliseconds) + StepMilliseconds);

    /// <inheritdoc/>
    public override EventTime LastEndOf(EventTime time) => CutOff(_starts.AtOrBefore(time.Milliseconds) + MaxSizeMilliseconds);

    /// <inheritdoc/>
    public override EventTime StartOf(EventTime end) => CutOff(_starts.AtOrBefore(_ends.AtOrAfter(end.Milliseconds) - 1));

    /// <inheritdoc/>
    public override string ToString() =>
        $"Cumulating({WindowDurations.Format(MaxSizeMilliseconds, 0)}, {WindowDurations.Format(StepMilliseconds, OffsetMilliseconds)})";
}
