using System.Diagnostics.Metrics;
using QueryStream.Cluster.Host.Telemetry;

namespace QueryStream.ClusterHost.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid():N}");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Counters_and_gauges_have_their_names_labels_and_meanings()
    {
        using PrometheusText text = new(_meter.Name);
        _meter.CreateObservableCounter(
            "rows", () => new Measurement<double>(3, new("job.name", "đơn \"1\"\n\\"), new("le", "+Inf")), "{rows}", "Rows\nread");
        _meter.CreateObservableGauge("share", () => 0.25, null, "A part");
        _meter.CreateObservableUpDownCounter("heap.size", () => 12L, "By", "Its size");
        _meter.CreateObservableGauge("nothing", () => Array.Empty<Measurement<double>>());

        Assert.Equal(
            """
            # HELP rows Rows\nread
            # TYPE rows counter
            rows{job_name="đơn \"1\"\n\\",le="+Inf"} 3
            # HELP share A part
            # TYPE share gauge
            share 0.25
            # HELP heap_size_bytes Its size
            # TYPE heap_size_bytes gauge
            heap_size_bytes 12

            """,
            text.Read());
    }

    [Fact]
    public void What_is_added_is_summed_from_the_start_on()
    {
        using PrometheusText text = new(_meter.Name);
        Counter<long> failures = _meter.CreateCounter<long>("failures");
        failures.Add(2, new KeyValuePair<string, object?>("type", "a"));
        failures.Add(3, new KeyValuePair<string, object?>("type", "a"));
        failures.Add(1, new KeyValuePair<string, object?>("type", "b"));

        string[] expected = ["failures{type=\"a\"} 5", "failures{type=\"b\"} 1"];
        Assert.Equal(expected, Samples(text));
        Assert.Equal(expected, Samples(text));
    }

    [Fact]
    public void Tasks_that_come_and_go_for_long_are_all_shown_and_none_that_is_gone()
    {
        using PrometheusText text = new(_meter.Name);
        int attempt = 0;
        _meter.CreateObservableGauge("busy", () => new Measurement<int>(attempt, new KeyValuePair<string, object?>("attempt", attempt)));
        for (attempt = 0; attempt < 5_000; attempt++)
        {
            Assert.Equal([$"busy{{attempt=\"{attempt}\"}} {attempt}"], Samples(text));
        }
    }

    [Fact]
    public void Other_meters_are_not_shown()
    {
        using Meter other = new($"{_meter.Name}-other");
        using PrometheusText text = new(_meter.Name);
        other.CreateObservableGauge("theirs", () => 1);

        Assert.Equal("", text.Read());
    }

    private static IEnumerable<string> Samples(PrometheusText text) =>
        text.Read().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal);
}
