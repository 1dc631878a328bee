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
