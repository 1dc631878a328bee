using System.Runtime.CompilerServices;

namespace QueryStream.Core.Time;

/// <summary>A point of event time, in milliseconds since 1970-01-01T00:00:00Z. Also the value of a watermark.</summary>
/// <param name="Milliseconds">Milliseconds since the epoch; negative before it.</param>
public readonly record struct EventTime(long Milliseconds) : IComparable<EventTime>
{
    /// <summary>Before every record: the watermark at the start.</summary>
    public static readonly EventTime MinValue = new(long.MinValue);

    /// <summary>After every record: the watermark at the end of a bounded stream, which closes all windows.</summary>
    public static readonly EventTime MaxValue = new(long.MaxValue);

    private const long MaxBehind = 315_576_000_000_000;

    /// <summary>Converts a clock time, truncated to milliseconds.</summary>
    public static EventTime From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>The calendar time in UTC. Valid for the years 1 to 9999 only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside these years.</exception>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    /// <summary>Adds a duration; saturates at <see cref="MinValue"/> and <see cref="MaxValue"/>, which stay as they are.</summary>
    public EventTime Add(long milliseconds)
    {
        // Small enough to be inlined: window operators call it several times for each row.
        long sum = unchecked(Milliseconds + milliseconds);
        bool overflow = ((Milliseconds ^ sum) & (milliseconds ^ sum)) < 0;
        return overflow || IsLimit ? Saturated(milliseconds) : new EventTime(sum);
    }

    /// <summary>Adds a duration, truncated to milliseconds; saturates.</summary>
    public EventTime Add(TimeSpan duration) => Add(duration.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>
    /// The milliseconds from another time to this one, negative if the other is later; saturates at the limits of <see cref="long"/>.
    /// </summary>
    public long MillisecondsSince(EventTime earlier)
    {
        long difference = unchecked(Milliseconds - earlier.Milliseconds);
        bool overflow = ((Milliseconds ^ earlier.Milliseconds) & (Milliseconds ^ difference)) < 0;
        return overflow ? (Milliseconds > earlier.Milliseconds ? long.MaxValue : long.MinValue) : difference;
    }

    /// <summary>
    /// How far it is behind a moment of the clock, negative if it is ahead; at most 10,000 years, which a time in another unit than milliseconds is.
    /// </summary>
    public TimeSpan Behind(DateTimeOffset now) =>
        TimeSpan.FromMilliseconds((double)Math.Clamp(From(now).MillisecondsSince(this), -MaxBehind, MaxBehind));

    /// <summary>The later of two times.</summary>
    public static EventTime Max(EventTime a, EventTime b) => a.Milliseconds >= b.Milliseconds ? a : b;

    /// <summary>The earlier of two times.</summary>
    public static EventTime Min(EventTime a, EventTime b) => a.Milliseconds <= b.Milliseconds ? a : b;

    /// <inheritdoc/>
    public int CompareTo(EventTime other) => Milliseconds.CompareTo(other.Milliseconds);

    /// <summary>Earlier than.</summary>
    public static bool operator <(EventTime a, EventTime b) => a.Milliseconds < b.Milliseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(EventTime a, EventTime b) => a.Milliseconds > b.Milliseconds;

    /// <summary>Not later than.</summary>
    public static bool operator <=(EventTime a, EventTime b) => a.Milliseconds <= b.Milliseconds;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(EventTime a, EventTime b) => a.Milliseconds >= b.Milliseconds;

    /// <summary>
    /// ISO-8601 in UTC with milliseconds; <c>-∞</c> and <c>+∞</c> for <see cref="MinValue"/> and <see cref="MaxValue"/>; the number outside of the
    /// years 1 to 9999.
    /// </summary>
    public override string ToString()
    {
        if (this == MinValue)
        {
            return "-∞";
        }

        if (this == MaxValue)
        {
            return "+∞";
        }

        return Milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999
            ? ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture)
            : Milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private bool IsLimit => Milliseconds is long.MinValue or long.MaxValue;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private EventTime Saturated(long milliseconds) => IsLimit ? this : milliseconds > 0 ? MaxValue : MinValue;
}
