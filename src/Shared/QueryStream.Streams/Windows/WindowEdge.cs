using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>Times at which windows start or end: all times with the same remainder modulo a period.</summary>
/// <param name="Period">The time between two of them, in milliseconds; at least 1.</param>
/// <param name="Remainder">The remainder, in milliseconds: 0 to <paramref name="Period"/> - 1.</param>
public readonly record struct WindowEdge(long Period, long Remainder)
{
    /// <summary>The edge with this period that contains a point.</summary>
    public static WindowEdge Through(long period, long point) => new(period, ((point % period) + period) % period);

    /// <summary>Whether all points of another edge are points of this one.</summary>
    public bool Covers(WindowEdge other) => other.Period % Period == 0 && other.Remainder % Period == Remainder;

    /// <summary>The span between two such times that contains a time; cut off at the smallest and largest time.</summary>
    public Window Around(EventTime time)
    {
        long past = (time.Milliseconds % Period) - Remainder;
        if (past < 0)
        {
            // Rounds down, also before the epoch, where remainders are negative.
            past += Period;
            past += past < 0 ? Period : 0;
        }

        long start = time.Milliseconds - past;
        long end = start + Period;
        if (start > time.Milliseconds)
        {
            (start, end) = (long.MinValue, time.Milliseconds + (Period - past));
        }
        else if (end < start)
        {
            end = long.MaxValue;
        }

        return new Window(new EventTime(start), new EventTime(end));
    }

    /// <summary>The last point that is not after a time. Exact beyond the ends of time.</summary>
    internal Int128 AtOrBefore(Int128 time)
    {
        Int128 past = (time - Remainder) % Period;
        return time - past - (past < 0 ? Period : 0);
    }

    /// <summary>The first point that is not before a time. Exact beyond the ends of time.</summary>
    internal Int128 AtOrAfter(Int128 time) => AtOrBefore(time + Period - 1);
}
