using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.EventCounts;

/// <summary>
/// Counts the events of a topic by key, exactly once: a small example of exactly-once output. Each event is written with its running count to a
/// topic, in transactions. The newest count of each key and the counts of windows go to Redis, where repeated upserts end with the right value.
/// <c>querystream chaos</c> repeatedly kills the job's process, and compares both outputs with the produced events.
/// </summary>
public sealed class EventCountsJob : IStreamJob
{
    /// <inheritdoc/>
    public string Name => "Event Counts";

    /// <inheritdoc/>
    public void Define(StreamBuilder job)
    {
        EventCountsSettings settings = job.Settings.Bind<EventCountsSettings>();
        KeyedStream<CountableEvent, Text> events = job.Kafka<CountableEvent>("events", settings.Source).Json()
            .Watermarks(settings.Watermarks)
            .KeyBy(e => e.Key);

        string prefix = settings.Prefix;
        Stream<EventCount> counts = events.Process(() => new RunningCount(), "running count");
        counts.ToKafka("counted events", settings.CountedEvents).Key(row => row.Key).Json();
        counts.ToRedis("counts", settings.Counts).Key(row => $"{prefix}:count:{row.Key}").Json();

        events.Window(Tumbling.Of(settings.Window)).Named("windows")
            .Aggregate(w => (w.Count(), w.Sum(e => (long?)e.Number)))
            .Map(row => new WindowCount(row.Key, row.Window.Start, row.Window.End, row.Value.Item1, row.Value.Item2))
            .ToRedis("windows", settings.Windows).Key(row => $"{prefix}:window:{row.Key}:{row.Start.Milliseconds}").Json();
    }
}
