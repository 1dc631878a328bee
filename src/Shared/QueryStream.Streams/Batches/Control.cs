using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>A control element between batches. It keeps its order with the batches on every channel, and needs no credit.</summary>
/// <param name="Kind">The kind of element.</param>
/// <param name="Watermark">For <see cref="ControlKind.Watermark"/>: no more rows with this time or an earlier one are expected.</param>
/// <param name="IdlePeriod">For <see cref="ControlKind.Idle"/>: until when that is proven.</param>
/// <param name="Checkpoint">For <see cref="ControlKind.Barrier"/>: the checkpoint.</param>
public readonly record struct Control(ControlKind Kind, EventTime Watermark, IdlePeriod IdlePeriod, CheckpointId Checkpoint = default)
{
    /// <summary>The end of a channel.</summary>
    public static readonly Control End = new(ControlKind.End, default, default);

    /// <summary>The sender takes part in the watermark again.</summary>
    public static readonly Control Active = new(ControlKind.Active, default, default);

    /// <summary>Event time has advanced.</summary>
    public static Control Advance(EventTime watermark) => new(ControlKind.Watermark, watermark, default);

    /// <summary>The sender does not take part in the watermark until it becomes active.</summary>
    public static Control Idle(IdlePeriod period) => new(ControlKind.Idle, default, period);

    /// <summary>The barrier of a checkpoint.</summary>
    public static Control Barrier(CheckpointId checkpoint) => new(ControlKind.Barrier, default, default, checkpoint);
}

/// <summary>The kinds of control element.</summary>
public enum ControlKind : byte
{
    /// <summary>Event time has advanced.</summary>
    Watermark = 1,

    /// <summary>The sender is idle and does not take part in the minimum; repeated while it stays idle.</summary>
    Idle = 2,

    /// <summary>The sender takes part again.</summary>
    Active = 3,

    /// <summary>The channel has ended.</summary>
    End = 4,

    /// <summary>Rows before it belong to a checkpoint, rows after it do not.</summary>
    Barrier = 5,
}

/// <summary>
/// The time for which all splits of a sender have been idle: read to their end on a healthy connection. While all senders are idle, event time
/// may advance by the time from the latest <paramref name="Since"/> to the earliest <paramref name="ConfirmedUntil"/>, and never beyond the latter
/// minus <paramref name="OutOfOrderness"/>. An outage confirms nothing, so it makes no row late.
/// </summary>
/// <param name="Since">When the last split became idle.</param>
/// <param name="ConfirmedUntil">Until when it is proven that all splits are idle; <see cref="EventTime.MinValue"/> if event time must not advance by
/// itself, <see cref="EventTime.MaxValue"/> if the sender has no splits.</param>
/// <param name="OutOfOrderness">The out-of-orderness bound of the sender's watermarks, in milliseconds.</param>
public readonly record struct IdlePeriod(EventTime Since, EventTime ConfirmedUntil, long OutOfOrderness)
{
    /// <summary>The combination of two senders.</summary>
    public IdlePeriod And(IdlePeriod other) => new(
        EventTime.Max(Since, other.Since),
        EventTime.Min(ConfirmedUntil, other.ConfirmedUntil),
        Math.Max(OutOfOrderness, other.OutOfOrderness));
}
