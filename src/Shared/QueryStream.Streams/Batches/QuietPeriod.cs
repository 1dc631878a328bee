using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>
/// How far silence is proven: until <paramref name="ConfirmedUntil"/> of the clock every split of the sender was read to its end
/// on a healthy connection. While all senders are quiet, event time may rise by the time that this advances, and never beyond
/// <paramref name="ConfirmedUntil"/> less <paramref name="OutOfOrderness"/>; so an outage, which confirms nothing, makes nothing late.
/// </summary>
/// <param name="ConfirmedUntil">Clock time; <see cref="EventTime.MinValue"/> where time must not go on by itself.</param>
/// <param name="OutOfOrderness">The bound of the sender's watermarks, in milliseconds.</param>
public readonly record struct QuietPeriod(EventTime ConfirmedUntil, long OutOfOrderness)
{
    /// <summary>Silence that proves nothing: event time stands still.</summary>
    public static readonly QuietPeriod Unconfirmed = new(EventTime.MinValue, 0);
}
