using System.Diagnostics.Metrics;
using QueryStream.Core.Time;
using QueryStream.Wire.Metrics;

namespace QueryStream.Cluster.Host.Telemetry;

/// <summary>
/// The metrics of one scope as instruments of a <see cref="Meter"/>, with the names that Flink's reporter for Prometheus gives them. They are read
/// when somebody scrapes them, on any thread.
/// </summary>
internal sealed class ScopeMeter
{
    // One scrape reads all instruments one after the other.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(200);

    private readonly Func<IEnumerable<LabelledMetrics>> _read;
    private readonly TimeProvider _time;

    // Guards what was read last.
    private readonly Lock _lock = new();
    private ILookup<string, Measurement<double>>? _values;
    private long _readAt;

    private ScopeMeter(Func<IEnumerable<LabelledMetrics>> read, TimeProvider time)
    {
        _read = read;
        _time = time;
    }

    /// <summary>Creates an instrument for each metric.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="prefix">What comes before the names: <c>flink_taskmanager_job_task_</c>.</param>
    /// <param name="metrics">The metrics of the scope.</param>
    /// <param name="read">Everything that has these metrics at the moment.</param>
    /// <param name="time">The clock.</param>
    public static void Create(
        Meter meter, string prefix, IEnumerable<MetricInfo> metrics, Func<IEnumerable<LabelledMetrics>> read, TimeProvider time)
    {
        ScopeMeter scope = new(read, time);
        foreach (MetricInfo info in metrics)
        {
            string name = $"{prefix}{info.Id.Replace('.', '_')}";

            // In braces, so that exporters do not make it a part of the name, which is Flink's.
            string unit = $"{{{info.Unit}}}";
            if (info.IsCounter)
            {
                meter.CreateObservableCounter(name, () => scope.Observe(info.Id), unit, info.Description);
            }
            else
            {
                meter.CreateObservableGauge(name, () => scope.Observe(info.Id), unit, info.Description);
            }
        }
    }

    private IEnumerable<Measurement<double>> Observe(string id)
    {
        lock (_lock)
        {
            if (_values is null || _time.GetElapsedTime(_readAt) > MaxAge)
            {
                _values = _read()
                    .SelectMany(one => one.Metrics.Where(IsNumber)
                        .Select(metric => (metric.Id, Value: new Measurement<double>(metric.Number, one.Labels))))
                    .ToLookup(one => one.Id, one => one.Value);
                _readAt = _time.GetTimestamp();
            }

            return _values[id];
        }
    }

    // A watermark that there is not yet would spoil every chart.
    private static bool IsNumber(Metric metric) => double.IsFinite(metric.Number) && metric.Number > EventTime.MinValue.Milliseconds;
}

/// <summary>The metrics of one thing.</summary>
/// <param name="Metrics">The metrics.</param>
/// <param name="Labels">What tells it apart from others.</param>
internal readonly record struct LabelledMetrics(IEnumerable<Metric> Metrics, KeyValuePair<string, object?>[] Labels);
