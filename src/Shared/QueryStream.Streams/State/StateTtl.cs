using QueryStream.Core.Errors;

namespace QueryStream.Streams.State;

/// <summary>After how long state is forgotten, by the clock. What has expired is never seen again; its memory is freed when it is come across.</summary>
public sealed record StateTtl
{
    private StateTtl(TimeSpan duration, bool renewedByWrites)
    {
        if (duration < TimeSpan.FromMilliseconds(1) || duration > TimeSpan.FromDays(36_500))
        {
            throw new JobDefinitionException($"A time to live of {duration} is not possible: it must be 1 ms to 36,500 days.");
        }

        Duration = duration;
        RenewedByWrites = renewedByWrites;
    }

    /// <summary>How long.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether each write begins the time anew; otherwise it runs from the first one.</summary>
    public bool RenewedByWrites { get; }

    /// <summary>Forgets what was not written for that long.</summary>
    public static StateTtl OnWrite(TimeSpan duration) => new(duration, renewedByWrites: true);

    /// <summary>Forgets what is that old, however often it was written.</summary>
    public static StateTtl OnCreate(TimeSpan duration) => new(duration, renewedByWrites: false);
}
