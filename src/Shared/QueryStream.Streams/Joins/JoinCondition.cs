using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Joins;

/// <summary>
/// Which rows of one key are paired by their times: <see cref="WithinInterval"/>, <see cref="InWindow"/> or <see cref="AsOfTime"/>.
/// </summary>
public abstract record JoinCondition
{
    // Closed: operators handle exactly these kinds.
    private protected JoinCondition()
    {
    }

    /// <summary>The text in plans and errors: <c>Interval(-1min, 5s)</c>. Part of the graph's fingerprint.</summary>
    public abstract override string ToString();
}

/// <summary>Pairs a left row with the right rows whose time differs from its own by at least the lower and at most the upper bound.</summary>
public sealed record WithinInterval : JoinCondition
{
    private static readonly TimeSpan MaxBound = TimeSpan.FromDays(10_000);

    internal WithinInterval(TimeSpan lower, TimeSpan upper)
    {
        bool isWhole = lower.Ticks % TimeSpan.TicksPerMillisecond == 0 && upper.Ticks % TimeSpan.TicksPerMillisecond == 0;
        if (lower > upper || lower < -MaxBound || upper > MaxBound || !isWhole)
        {
            throw new JobDefinitionException(
                $"A join within {lower} to {upper} is not possible: the bounds must be in order, at most 10,000 days, and in whole milliseconds.");
        }

        (LowerMilliseconds, UpperMilliseconds) = (lower.Ticks / TimeSpan.TicksPerMillisecond, upper.Ticks / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>The lower bound of the right row's time minus the left row's, in milliseconds, inclusive.</summary>
    public long LowerMilliseconds { get; }

    /// <summary>The upper bound of the right row's time minus the left row's, in milliseconds, inclusive.</summary>
    public long UpperMilliseconds { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Interval({Text(LowerMilliseconds)}, {Text(UpperMilliseconds)})";

    private static string Text(long milliseconds) => Durations.Format(TimeSpan.FromMilliseconds(milliseconds));
}

/// <summary>Pairs rows of the same window; in overlapping windows, once for each window.</summary>
public sealed record InWindow : JoinCondition
{
    internal InWindow(Windowing windows) => Windows = windows is AlignedWindows or Session
        ? windows
        : throw new JobDefinitionException(
            $"A join in windows of {windows} is not possible: tumbling, sliding and cumulating windows and sessions are.");

    /// <summary>The windows.</summary>
    public Windowing Windows { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Window({Windows})";
}

/// <summary>Pairs a left row with the last right row that is not later: right rows are versions of a value of their key.</summary>
public sealed record AsOfTime : JoinCondition
{
    internal AsOfTime()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => "AsOf";
}
