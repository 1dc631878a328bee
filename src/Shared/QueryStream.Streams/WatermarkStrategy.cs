using QueryStream.Core.Time;

namespace QueryStream.Streams;

/// <summary>
/// How event time advances at a source. The watermark of a split (a Kafka partition) is its highest event time minus <see cref="OutOfOrderness"/>
/// minus 1 ms. The watermark of the source is the minimum over its active splits, and never decreases.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed record WatermarkStrategy<T>
{
    internal static readonly WatermarkStrategy<T> RecordTime = new();

    /// <summary>Extracts the event time of a row; null: the record's own time.</summary>
    public Func<T, EventTime>? EventTimeOf { get; init; }

    /// <summary>How much older than the newest row of its split a row may be without being late. 0 or more.</summary>
    public TimeSpan OutOfOrderness { get; init; }

    /// <summary>
    /// The time without records after which a split that was read to its end becomes idle, and no longer holds back the watermark; null: never.
    /// </summary>
    public TimeSpan? IdleAfter { get; init; }

    /// <summary>Whether event time advances with the clock while all splits are idle, so that windows close without new records.</summary>
    public bool AdvanceWhileIdle { get; init; }

    /// <summary>
    /// Whether the watermark advances after each row instead of each batch: then a bounded source with one split has the same late rows in every run.
    /// Each row is its own batch, which is many times slower; meant for small files and for tests.
    /// </summary>
    public bool AdvanceOnEvent { get; init; }

    /// <summary>How far ahead of the clock an event time may be; a row further ahead becomes a dead letter. Null: no limit.</summary>
    public TimeSpan? MaxAhead { get; init; }

    /// <summary>Rows with an earlier event time become dead letters.</summary>
    public EventTime Earliest { get; init; } = EventTime.MinValue;

    /// <summary>Rows with a later event time become dead letters.</summary>
    public EventTime Latest { get; init; } = EventTime.MaxValue;
}
