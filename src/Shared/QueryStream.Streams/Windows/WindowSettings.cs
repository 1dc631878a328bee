using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Windows;

/// <summary>The windows of an operator and their times. Immutable.</summary>
/// <param name="Windows">The kinds of window; several only if all are aligned.</param>
public sealed record WindowSettings(IReadOnlyList<Windowing> Windows)
{
    /// <summary>How long after its end a window still accepts rows, in milliseconds of event time.</summary>
    public long Lateness { get; init; }

    /// <summary>The interval of early results of a changed open window, by the clock; null: none.</summary>
    public TimeSpan? EarlyInterval { get; init; }

    /// <summary>Whether windows use processing time.</summary>
    public bool IsProcessingTime { get; init; }

    /// <summary>Whether the event times of rows decide which windows they fall into.</summary>
    public bool UsesEventTime => !IsProcessingTime && Windows[0] is not Global;

    /// <summary>The windows; all of them must be aligned.</summary>
    public IReadOnlyList<AlignedWindows> Aligned => [.. Windows.Cast<AlignedWindows>()];

    /// <summary>The text in plans. Part of the graph's fingerprint.</summary>
    public override string ToString() => string.Join(", ", Windows) + (IsProcessingTime ? ", processing time" : "");
}

/// <summary>The definition of a window aggregation, which both of its phases share.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <typeparam name="TOut">The value of a window.</typeparam>
/// <param name="Key">Takes the key from a row.</param>
/// <param name="Settings">The windows.</param>
/// <param name="Aggregate">The aggregate.</param>
public sealed record WindowAggregation<T, TKey, TAccumulator, TOut>(
    Func<T, TKey> Key, WindowSettings Settings, Aggregate<T, TAccumulator, TOut> Aggregate)
    where TAccumulator : struct;
