using QueryStream.Core.Errors;

namespace QueryStream.Streams.Joins;

/// <summary>A right row belongs to a left row when its time is within some distance of the left row's, both bounds included.</summary>
public sealed record WithinInterval : JoinCondition
{
    private static readonly TimeSpan Largest = TimeSpan.FromDays(10_000);

    internal WithinInterval(TimeSpan lower, TimeSpan upper)
    {
        if (lower > upper || lower < -Largest || upper > Largest || lower.Ticks % TimeSpan.TicksPerMillisecond != 0 || upper.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new JobDefinitionException(
                $"A join within {lower} to {upper} is not possible: the bounds must be in order, at most 10,000 days, and in whole milliseconds.");
        }

        (LowerMilliseconds, UpperMilliseconds) = (lower.Ticks / TimeSpan.TicksPerMillisecond, upper.Ticks / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>How long after the left row the right one must be at least; negative: how long before it may be.</summary>
    public long LowerMilliseconds { get; }

    /// <summary>How long after the left row the right one may be; negative: how long before it must be.</summary>
    public long UpperMilliseconds { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Interval({LowerMilliseconds} ms, {UpperMilliseconds} ms)";
}
