using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace QueryStream.Cluster.Host.Telemetry;

/// <summary>
/// Writes what meters measure as text for Prometheus, format 0.0.4. It reads them when it is asked and keeps nothing: OpenTelemetry's exporter
/// remembers every set of labels, has room for 2,000 of an instrument, and jobs come and go. Thread-safe.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly HashSet<string> _meters;
    private readonly MeterListener _listener = new();

    // In the order of their creation.
    private readonly ConcurrentQueue<Instrument> _instruments = [];

    // Of counters that tell what is added, as .NET's for exceptions: few, since their labels are. Without a lock, since they count anywhere, also
    // where a lock is held that reading needs.
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), double> _sums = [];

    // One thread reads at a time; guards what it has read.
    private readonly Lock _lock = new();
    private readonly Dictionary<Instrument, StringBuilder> _lines = [];

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">The names of the meters.</param>
    public PrometheusText(params string[] meters)
    {
        _meters = [.. meters];
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => OnMeasured(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => OnMeasured(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => OnMeasured(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Reads the meters.</summary>
    public string Read()
    {
        lock (_lock)
        {
            _lines.Clear();
            _listener.RecordObservableInstruments();
            foreach (((Instrument instrument, string labels), double sum) in _sums)
            {
                Append(instrument, labels, sum);
            }

            StringBuilder text = new();
            foreach (Instrument instrument in _instruments.Where(_lines.ContainsKey))
            {
                string name = NameOf(instrument);
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escaped(instrument.Description ?? "", isLabel: false)}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(IsCounter(instrument) ? "counter" : "gauge")}\n");
                text.Append(_lines[instrument]);
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        // A histogram would need buckets, and none of ours is one.
        if (_meters.Contains(instrument.Meter.Name) && (instrument.IsObservable || IsCounter(instrument)))
        {
            _instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private void OnMeasured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelsOf(tags);
        if (instrument.IsObservable)
        {
            Append(instrument, labels, value);
        }
        else
        {
            _sums.AddOrUpdate((instrument, labels), static (_, value) => value, static (_, sum, value) => sum + value, value);
        }
    }

    private void Append(Instrument instrument, string labels, double value)
    {
        if (!_lines.TryGetValue(instrument, out StringBuilder? lines))
        {
            _lines.Add(instrument, lines = new StringBuilder());
        }

        string number = double.IsPositiveInfinity(value) ? "+Inf"
            : double.IsNegativeInfinity(value) ? "-Inf"
            : value.ToString("R", CultureInfo.InvariantCulture);
        lines.Append(CultureInfo.InvariantCulture, $"{NameOf(instrument)}{labels} {number}\n");
    }

    private static bool IsCounter(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(ObservableCounter<>) || kind == typeof(Counter<>);
    }

    // Names of .NET's own get their unit, as Prometheus' conventions say; ours are Flink's.
    private static string NameOf(Instrument instrument)
    {
        string unit = instrument.Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
        return Name(instrument.Name) + unit;
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        StringBuilder labels = new();
        foreach ((string name, object? value) in tags)
        {
            string text = Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", isLabel: true);
            labels.Append(CultureInfo.InvariantCulture, $"{(labels.Length == 0 ? '{' : ',')}{Name(name)}=\"{text}\"");
        }

        return labels.Append('}').ToString();
    }

    private static string Name(string name) =>
        string.Create(name.Length, name, static (span, name) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
            }
        });

    private static string Escaped(string text, bool isLabel)
    {
        string escaped = text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
