using QueryStream.Connectors.Kafka;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Records;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.Patterns;

/// <summary>
/// One of four patterns from a Kafka topic to another, to measure latency and throughput. Each result has the time at which a
/// measurement was produced: its own, or the newest one of its window.
/// </summary>
public sealed class PatternsJob : IStreamJob
{
    private const double LeastValue = 10;

    /// <inheritdoc/>
    public string Name => "Patterns";

    /// <inheritdoc/>
    public void Define(StreamBuilder job)
    {
        PatternsSettings settings = job.Settings.Bind<PatternsSettings>();
        SourceStream<Measurement> measurements = job.Kafka<Measurement>("measurements", settings.Source).Json();
        switch (settings.Pattern)
        {
            case Pattern.Keyed:
                measurements.KeyBy(measurement => measurement.Key).Process(() => new Counter(), "counter")
                    .ToKafka("results", settings.Results).Json();
                break;
            case Pattern.Tumbling:
                measurements.Watermarks(settings.Watermarks).KeyBy(measurement => measurement.Key)
                    .Window(Tumbling.Of(TimeSpan.FromMinutes(1))).Named("minutes")
                    .Aggregate(w => (w.Count(), w.Max(measurement => (long?)measurement.ProducedAt.Milliseconds)))
                    .Map(row => new WindowedCount(row.Key, row.Window.Start, row.Window.End, row.Value.Item1, row.Value.Item2 ?? 0))
                    .ToKafka("results", settings.Results).Json();
                break;
            case Pattern.Sliding:
                measurements.Watermarks(settings.Watermarks).KeyBy(measurement => measurement.Key)
                    .Window(Sliding.Of(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1))).Named("five minutes")
                    .Aggregate(w =>
                        (w.Average(measurement => (double?)measurement.Value), w.Max(measurement => (long?)measurement.ProducedAt.Milliseconds)))
                    .Map(row => new WindowedAverage(row.Key, row.Window.Start, row.Window.End, row.Value.Item1 ?? 0, row.Value.Item2 ?? 0))
                    .ToKafka("results", settings.Results).Json();
                break;
            default:
                measurements.Filter(measurement => measurement.Value >= LeastValue).ToKafka("results", settings.Results).Json();
                break;
        }
    }

    private sealed class Counter : KeyedProcessFunction<Text, Measurement, RunningCount>
    {
        private ValueState<long> _count = null!;

        public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");

        public override void Process(in Measurement row, KeyedContext<Text, RunningCount> context)
        {
            long count = _count.Value + 1;
            _count.Value = count;
            context.Emit(new RunningCount(context.Key, count, row.ProducedAt));
        }
    }
}

/// <summary>A measurement. Further members are skipped.</summary>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct Measurement(Text Key, double Value, EventTime ProducedAt);

/// <summary>The number of measurements of a key up to one.</summary>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct RunningCount(Text Key, long Count, EventTime ProducedAt);

/// <summary>The number of measurements of a key in a window.</summary>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct WindowedCount(Text Key, EventTime WindowStart, EventTime WindowEnd, long Count, long ProducedAt);

/// <summary>The average of the values of a key in a window.</summary>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct WindowedAverage(Text Key, EventTime WindowStart, EventTime WindowEnd, double Avg, long ProducedAt);
