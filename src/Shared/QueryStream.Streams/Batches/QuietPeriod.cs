using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>
/// For how long all splits of the sender have been quiet, by the clock of those who proved that they were read to their end on a healthy
/// connection. While all senders are quiet, event time may rise by the time from the latest <paramref name="Since"/> to the earliest
/// <paramref name="ConfirmedUntil"/>, and never beyond the latter less <paramref name="OutOfOrderness"/>; so an outage, which
/// confirms nothing, makes nothing late.
/// </summary>
/// <param name="Since">When the last of them became quiet.</param>
/// <param name="ConfirmedUntil">
/// How far the silence of all is proven; <see cref="EventTime.MinValue"/> where time must not go on by itself,
/// <see cref="EventTime.MaxValue"/> of a sender that has no splits.
/// </param>
/// <param name="OutOfOrderness">The bound of the sender's watermarks, in milliseconds.</param>
public readonly record struct QuietPeriod(EventTime Since, EventTime ConfirmedUntil, long OutOfOrderness)
{
    /// <summary>What is true of two senders together.</summary>
    public QuietPeriod And(QuietPeriod other) => new(
        EventTime.Max(Since, other.Since),
        EventTime.Min(ConfirmedUntil, other.ConfirmedUntil),
        Math.Max(OutOfOrderness, other.OutOfOrderness));
}
