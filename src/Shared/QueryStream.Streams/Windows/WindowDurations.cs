using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Windows;

/// <summary>Checks the durations of windows.</summary>
internal static class WindowDurations
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(10_000);

    /// <summary>The milliseconds of a duration that must be positive.</summary>
    public static long Check(string what, string part, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration > MaxDuration || duration.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new JobDefinitionException(
                $"{what} of {Durations.Format(duration)} is not possible: {part} must be 1 ms to 10,000 days, in whole milliseconds.");
        }

        return duration.Ticks / TimeSpan.TicksPerMillisecond;
    }

    /// <summary>The milliseconds of an offset.</summary>
    public static long CheckOffset(string what, TimeSpan offset, string limitedBy, TimeSpan limit)
    {
        if (offset <= -limit || offset >= limit || offset.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new JobDefinitionException(
                $"{what} with an offset of {Durations.Format(offset)} is not possible: "
                + $"it must be between -{Durations.Format(limit)} and {Durations.Format(limit)}, {limitedBy}, in whole milliseconds.");
        }

        return offset.Ticks / TimeSpan.TicksPerMillisecond;
    }

    /// <summary>A duration and, if there is one, an offset.</summary>
    public static string Format(long milliseconds, long offset)
    {
        string duration = Durations.Format(TimeSpan.FromMilliseconds(milliseconds));
        return offset == 0 ? duration : $"{duration}, offset {Durations.Format(TimeSpan.FromMilliseconds(offset))}";
    }
}
