using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>Windows of one size, end to end, aligned to the epoch.</summary>
public sealed record Tumbling
{
    private Tumbling(long sizeMilliseconds) => SizeMilliseconds = sizeMilliseconds;

    /// <summary>The size of a window.</summary>
    public long SizeMilliseconds { get; }

    /// <summary>Windows of this size.</summary>
    /// <exception cref="JobDefinitionException">The size is not between 1 ms and 10,000 days, or not in whole milliseconds.</exception>
    public static Tumbling Of(TimeSpan size)
    {
        if (size <= TimeSpan.Zero || size > TimeSpan.FromDays(10_000) || size.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new JobDefinitionException($"A window of {size} is not possible: its size must be 1 ms to 10,000 days, in whole milliseconds.");
        }

        return new Tumbling(size.Ticks / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>The window that a time falls into; at the ends of time it is cut off there.</summary>
    public Window WindowOf(EventTime time)
    {
        // Rounds towards the past, also before the epoch.
        long past = time.Milliseconds % SizeMilliseconds;
        past += past < 0 ? SizeMilliseconds : 0;
        long start = time.Milliseconds - past;
        long end = start + SizeMilliseconds;
        if (start > time.Milliseconds)
        {
            (start, end) = (long.MinValue, time.Milliseconds + (SizeMilliseconds - past));
        }
        else if (end < start)
        {
            end = long.MaxValue;
        }

        return new Window(new EventTime(start), new EventTime(end));
    }
}
