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
    private readonly ConcurrentQueue<Family> _families = [];

    // Of counters that tell what is added, as .NET's for exceptions: few, since their labels are. Without a lock, since they count anywhere, also
    // where a lock is held that reading needs.
    private readonly ConcurrentDictionary<(Family Family, string Labels), double> _sums = [];

    // One thread reads at a time; guards the lines of all families.
    private readonly Lock _lock = new();

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">The names of the meters.</param>
    public PrometheusText(params string[] meters)
    {
        _meters = [.. meters];
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => OnMeasured((Family)family!, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => OnMeasured((Family)family!, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => OnMeasured((Family)family!, value, tags));
        _listener.Start();
    }

    /// <summary>Reads the meters.</summary>
    public string Read()
    {
        lock (_lock)
        {
            // First, since reading may fail in the middle.
            foreach (Family family in _families)
            {
                family.Clear();
            }

            _listener.RecordObservableInstruments();
            foreach (((Family family, string labels), double sum) in _sums)
            {
                family.Append(labels, sum);
            }

            StringBuilder text = new();
            foreach (Family family in _families)
            {
                family.WriteTo(text);
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
            Family family = new(instrument);
            _families.Enqueue(family);
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private void OnMeasured(Family family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = LabelsOf(tags);
        if (family.IsObservable)
        {
            family.Append(labels, value);
        }
        else
        {
            _sums.AddOrUpdate((family, labels), static (_, value) => value, static (_, sum, value) => sum + value, value);
        }
    }

    private static bool IsCounter(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(ObservableCounter<>) || kind == typeof(Counter<>);
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

    // An instrument, and the lines of the present reading.
    private sealed class Family(Instrument instrument)
    {
        // Names of .NET's own get their unit, as Prometheus' conventions say; ours are Flink's.
        private readonly string _name = Name(instrument.Name) + instrument.Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
        private readonly StringBuilder _lines = new();

        public bool IsObservable => instrument.IsObservable;

        public void Append(string labels, double value)
        {
            string number = double.IsPositiveInfinity(value) ? "+Inf"
                : double.IsNegativeInfinity(value) ? "-Inf"
                : value.ToString("R", CultureInfo.InvariantCulture);
            _lines.Append(CultureInfo.InvariantCulture, $"{_name}{labels} {number}\n");
        }

        public void Clear() => _lines.Clear();

        /// <summary>Writes the lines with what they are, if there are any.</summary>
        public void WriteTo(StringBuilder text)
        {
            if (_lines.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {_name} {Escaped(instrument.Description ?? "", isLabel: false)}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {_name} {(IsCounter(instrument) ? "counter" : "gauge")}\n");
                text.Append(_lines);
            }
        }
    }
}
