using QueryStream.Core.Identity;

namespace QueryStream.Web.Watching;

/// <summary>
/// The charts of one page: each metric that it watches, since it does. Used by the page's thread.
/// </summary>
internal sealed class MetricBoard
{
    private readonly Dictionary<ChartKey, Chart> _charts = [];
    private DateTimeOffset _last;

    /// <summary>The charts that stay when their vertex is closed, in the order in which they were pinned.</summary>
    public IEnumerable<Chart> Pinned => _charts.Values.Where(chart => chart.PinnedAt is not null).OrderBy(chart => chart.PinnedAt);

    /// <summary>Takes a sample: of the vertex that is open, and of what is pinned. Others are forgotten.</summary>
    public void Sample(JobDetail detail, VertexSample? open)
    {
        foreach (Chart chart in _charts.Values.Where(chart => chart.PinnedAt is null && chart.Key.Vertex != open?.Id).ToArray())
        {
            _charts.Remove(chart.Key);
        }

        if (detail.At == _last)
        {
            return;
        }

        _last = detail.At;
        foreach (VertexSample vertex in detail.Vertices)
        {
            if (vertex.Id == open?.Id || _charts.Keys.Any(key => key.Vertex == vertex.Id))
            {
                Add(vertex, isOpen: vertex.Id == open?.Id, detail.At);
            }
        }
    }

    /// <summary>The charts of a vertex.</summary>
    public IEnumerable<Chart> Of(VertexId vertex) => _charts.Values.Where(chart => chart.Key.Vertex == vertex);

    /// <summary>Pins a chart, or no longer.</summary>
    public void Toggle(Chart chart) => chart.PinnedAt = chart.PinnedAt is null ? _last : null;

    private void Add(VertexSample vertex, bool isOpen, DateTimeOffset now)
    {
        foreach ((string metric, double? value, ChartUnit unit) in ChartMetrics.Of(vertex, now))
        {
            ChartKey key = new(vertex.Id, metric);
            if (!_charts.TryGetValue(key, out Chart? chart))
            {
                if (!isOpen)
                {
                    continue;
                }

                _charts[key] = chart = new Chart(key, vertex.Vertex.Name, unit);
            }

            chart.Add(value);
        }
    }
}

/// <summary>A metric of a vertex.</summary>
/// <param name="Vertex">The vertex.</param>
/// <param name="Metric">Its name.</param>
internal readonly record struct ChartKey(VertexId Vertex, string Metric);

/// <summary>A metric over time.</summary>
/// <param name="key">What it is.</param>
/// <param name="vertexName">The name of the vertex.</param>
/// <param name="unit">How values are written.</param>
internal sealed class Chart(ChartKey key, string vertexName, ChartUnit unit)
{
    private readonly Series _values = new(Series.DefaultCapacity);

    public ChartKey Key => key;

    public string VertexName => vertexName;

    public ChartUnit Unit => unit;

    /// <summary>When it was pinned; null: it is not.</summary>
    public DateTimeOffset? PinnedAt { get; set; }

    /// <summary>The values, the oldest first.</summary>
    public double[] Values { get; private set; } = [];

    public void Add(double? value)
    {
        _values.Add(value);
        Values = _values.ToArray();
    }
}

/// <summary>How values of a chart are written.</summary>
internal enum ChartUnit
{
    /// <summary>A number.</summary>
    Count,

    /// <summary>Rows a second.</summary>
    Rate,

    /// <summary>Bytes a second.</summary>
    ByteRate,

    /// <summary>A part of 1.</summary>
    Share,

    /// <summary>Seconds.</summary>
    Seconds,
}
