using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.ClusterHost.Tests.Telemetry;

/// <summary>What the scopes have is in the catalog, and what the catalog has is in the scopes: else it would never be exported.</summary>
public sealed class CatalogTests
{
    private static readonly TaskId Task = new(new JobId(1), new VertexId(2), 3);

    [Fact]
    public void A_task_and_its_operators_have_the_metrics_of_the_catalog()
    {
        TaskMetricList source = new(Figures(), ["Source: orders", "filter"], IsSource: true);
        TaskMetricList other = new(Figures(), ["window", "Sink: results"], IsSource: false);

        // Texts are for REST only.
        Same(MetricCatalog.Task, source.OfTask().Concat(other.OfTask()), without: "counter.");
        Same(MetricCatalog.Operator, source.OfOperators().Select(one => one.Metric), without: "split.");
        Assert.Equal(["Source__orders", "filter"], source.OfOperators().Select(one => one.Operator).Distinct());
    }

    [Fact]
    public void A_task_has_its_last_checkpoint_the_latency_of_its_writes_and_what_its_sinks_have_written()
    {
        Dictionary<string, string> metrics = new TaskMetricList(Figures(), [], IsSource: false).OfTask()
            .ToDictionary(metric => metric.Id, metric => metric.Text, StringComparer.Ordinal);

        Assert.Equal(
            ("1000000", "2000", "3"), (metrics["checkpointStartDelayNanos"], metrics["checkpointAlignmentTime"], metrics["stateSize"]));
        Assert.Equal(("2.0", "1.0"), (metrics["sinkWriteLatency_p99"], metrics["sinkLatency_p99"]));
        Assert.Equal(("22", "11.0"), (metrics["numBytesOut"], metrics["numBytesOutPerSecond"]));
    }

    [Fact]
    public void A_process_has_the_metrics_of_the_catalog() =>
        Same(MetricCatalog.Process, ProcessMetricList.Of(new ProcessSample { Collections = [3, 2, 1] }));

    [Fact]
    public void Numbers_are_written_as_Flink_does()
    {
        Assert.Equal("12", Metric.Of("count", 12).Text);
        Assert.Equal("12.0", Metric.Of("rate", 12.0).Text);
        Assert.Equal("0.25", Metric.Of("rate", 0.25).Text);
        Assert.Equal("NaN", Metric.Of("rate", double.NaN).Text);
        Assert.Equal("-9223372036854775808", Metric.Of("watermark", long.MinValue).Text);
    }

    [Fact]
    public void A_percentile_of_latency_is_the_upper_bound_of_its_bucket()
    {
        long[] counts = new long[LatencyCounts.Buckets];
        counts[LatencyCounts.BucketOf(3)] = 90;
        counts[LatencyCounts.BucketOf(150)] = 9;
        counts[LatencyCounts.BucketOf(1e9)] = 1;
        LatencyCounts latency = new(counts);

        Assert.Equal((5, 200, double.PositiveInfinity), (latency.Percentile(0.9), latency.Percentile(0.95), latency.Percentile(1)));
        Assert.Null(latency.Since(latency).Percentile(0.5));
        Assert.Null(LatencyCounts.None.Percentile(0.99));
    }

    private static void Same(IEnumerable<MetricInfo> catalog, IEnumerable<Metric> metrics, string without = "none") => Assert.Equal(
        catalog.Select(metric => metric.Id).Order(StringComparer.Ordinal),
        metrics.Where(metric => double.IsFinite(metric.Number) && !metric.Id.StartsWith(without, StringComparison.Ordinal))
            .Select(metric => metric.Id).Distinct().Order(StringComparer.Ordinal));

    private static TaskFigures Figures()
    {
        TaskSamples samples = new();
        for (int second = 1; second <= 2; second++)
        {
            samples.Add(new TaskSample(Task)
            {
                RecordsRead = second,
                Busy = TimeSpan.FromSeconds(second),
                Counters = [new NamedCount("đơn", 1)],
                Operators = [new OperatorFlow(new OperatorId(1), second, second), new OperatorFlow(new OperatorId(2), second, 0)],
                Splits = [new SplitFlow("orders-0", 7, new EventTime(8), SplitState.Active) { EmitLag = TimeSpan.FromSeconds(1), Pending = 3 }],
                SinkLatency = new LatencyCounts([second, .. new long[LatencyCounts.Buckets - 1]]),
                WriteLatency = new LatencyCounts([0, second, .. new long[LatencyCounts.Buckets - 2]]),
                BytesOut = 10 * second,
                BytesWritten = second,
                Checkpoint = new CheckpointSample(TimeSpan.FromMilliseconds(1), TimeSpan.FromMicroseconds(2), 3),
            });
        }

        return samples.Figures!;
    }
}
