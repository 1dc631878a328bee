using QueryStream.Core.Time;

namespace QueryStream.Streams;

/// <summary>
/// How event time advances at a source. The watermark of a split (a Kafka partition) is its highest event time less
/// <see cref="OutOfOrderness"/> less 1 ms; the source's is the minimum over its live splits, and it never goes back.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed record WatermarkStrategy<T>
{
    internal static readonly WatermarkStrategy<T> RecordTime = new();

    /// <summary>Takes the event time from a row; null: the record's own time.</summary>
    public Func<T, EventTime>? EventTimeOf { get; init; }

    /// <summary>How much older than the newest row a row may be and still be in time. 0 or more.</summary>
    public TimeSpan OutOfOrderness { get; init; }

    /// <summary>After how long without a record a split, read to its end, no longer holds the others back; null: never.</summary>
    public TimeSpan? IdleAfter { get; init; }

    /// <summary>Whether event time goes on with the clock while all splits are quiet, so that windows close although nothing comes.</summary>
    public bool AdvanceWhileQuiet { get; init; }

    /// <summary>
    /// Whether the watermark advances after every row, and not after every batch: then a bounded source of one split has the same late rows in every
    /// run. Each row is a batch of its own, which is many times slower; meant for files of moderate size and for tests.
    /// </summary>
    public bool AdvanceOnEvent { get; init; }

    /// <summary>How far beyond the clock an event time may be; a row further ahead is a dead letter; null: any.</summary>
    public TimeSpan? MaxAhead { get; init; }

    /// <summary>Event times before this are dead letters.</summary>
    public EventTime Earliest { get; init; } = EventTime.MinValue;

    /// <summary>Event times after this are dead letters.</summary>
    public EventTime Latest { get; init; } = EventTime.MaxValue;
}
