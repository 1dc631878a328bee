namespace QueryStream.Streams.Windows;

/// <summary>The windows of an operator, and what they do about time. Immutable.</summary>
/// <param name="Windows">The kinds of window: several only where all are aligned.</param>
public sealed record WindowSettings(IReadOnlyList<Windowing> Windows)
{
    /// <summary>How long after its close a window still takes rows, in milliseconds of event time.</summary>
    public long Lateness { get; init; }

    /// <summary>How often a changed open window gives an early result, of the clock; null: never.</summary>
    public TimeSpan? EarlyInterval { get; init; }

    /// <summary>Whether rows count at the time of the clock when they arrive.</summary>
    public bool IsProcessingTime { get; init; }

    /// <summary>The windows, where all are aligned.</summary>
    public IReadOnlyList<AlignedWindows> Aligned => [.. Windows.Cast<AlignedWindows>()];

    /// <summary>As in plans; part of the graph's fingerprint.</summary>
    public override string ToString() => string.Join(", ", Windows) + (IsProcessingTime ? ", processing time" : "");
}
