using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Batches;

/// <summary>An element between batches. Keeps its place among them on every channel, and needs no credit.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Watermark">With <see cref="ControlKind.Watermark"/>: no row with this time or an earlier one is expected any more.</param>
/// <param name="Quiet">With <see cref="ControlKind.Idle"/>: how far silence is proven.</param>
/// <param name="Checkpoint">With <see cref="ControlKind.Barrier"/>: which checkpoint it divides rows by.</param>
public readonly record struct Control(ControlKind Kind, EventTime Watermark, QuietPeriod Quiet, CheckpointId Checkpoint = default)
{
    /// <summary>The end of a channel.</summary>
    public static readonly Control End = new(ControlKind.End, default, default);

    /// <summary>The sender counts for the watermark again.</summary>
    public static readonly Control Active = new(ControlKind.Active, default, default);

    /// <summary>Event time has advanced.</summary>
    public static Control Advance(EventTime watermark) => new(ControlKind.Watermark, watermark, default);

    /// <summary>The sender does not count for the watermark until it says otherwise.</summary>
    public static Control Idle(QuietPeriod quiet) => new(ControlKind.Idle, default, quiet);

    /// <summary>A checkpoint divides the rows here.</summary>
    public static Control Barrier(CheckpointId checkpoint) => new(ControlKind.Barrier, default, default, checkpoint);
}

/// <summary>The kinds of control element.</summary>
public enum ControlKind : byte
{
    /// <summary>Event time has advanced.</summary>
    Watermark = 1,

    /// <summary>The sender has nothing to say and leaves the minimum; repeated while the silence goes on.</summary>
    Idle = 2,

    /// <summary>The sender counts again.</summary>
    Active = 3,

    /// <summary>Nothing follows.</summary>
    End = 4,

    /// <summary>What came before belongs to a checkpoint, what follows does not.</summary>
    Barrier = 5,
}

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
