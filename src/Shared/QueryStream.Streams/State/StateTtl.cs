using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.State;

/// <summary>
/// The time to live of state, by the clock. Expired state is never visible; its memory is freed when it is next accessed or scanned.
/// </summary>
public sealed record StateTtl
{
    private StateTtl(TimeSpan duration, bool renewedByWrites)
    {
        if (duration < TimeSpan.FromMilliseconds(1) || duration > TimeSpan.FromDays(36_500))
        {
            throw new JobDefinitionException($"A time to live of {Durations.Format(duration)} is not possible: it must be 1 ms to 36,500 days.");
        }

        Duration = duration;
        RenewedByWrites = renewedByWrites;
    }

    /// <summary>The duration: 1 ms to 36,500 days.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether each write restarts the time; otherwise it starts with the first write.</summary>
    public bool RenewedByWrites { get; }

    /// <summary>State expires a duration after its last write.</summary>
    public static StateTtl OnWrite(TimeSpan duration) => new(duration, renewedByWrites: true);

    /// <summary>State expires a duration after its first write.</summary>
    public static StateTtl OnCreate(TimeSpan duration) => new(duration, renewedByWrites: false);
}
