using QueryStream.Core.Time;

namespace QueryStream.Core.Metrics;

/// <summary>A split of a source, such as a partition.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">The offset of the last record that was emitted; null: none was.</param>
/// <param name="Watermark">Its watermark; <see cref="EventTime.MinValue"/> if it has none.</param>
/// <param name="State">Whether it holds back the watermark of its task.</param>
public sealed record SplitFlow(string Name, long? Offset, EventTime Watermark, SplitState State)
{
    /// <summary>How far the newest event time of its last rows was behind the clock when they were emitted; null: it has emitted none.</summary>
    public TimeSpan? EmitLag { get; init; }

    /// <summary>The records that are there and not yet read; null: not known.</summary>
    public long? Pending { get; init; }
}

/// <summary>Whether a split holds back the watermark of its task.</summary>
public enum SplitState
{
    /// <summary>It does: the watermark is not above its own.</summary>
    Active,

    /// <summary>It does not, since no record has come for the time after which a split is idle.</summary>
    Idle,

    /// <summary>It does not, since it has ended.</summary>
    Ended,
}
