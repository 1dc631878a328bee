using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary>The id of a metric, with its value if that was asked for.</summary>
/// <param name="Id">Its name.</param>
public sealed record MetricDetails([property: JsonPropertyName("id")] string Id)
{
    /// <summary>Its value as text; left out in lists of ids.</summary>
    [JsonPropertyName("value")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Value { get; init; }
}

/// <summary>A metric over several subtasks, jobs or workers. What was not asked for is left out.</summary>
/// <param name="Id">Its name.</param>
public sealed record AggregatedMetric([property: JsonPropertyName("id")] string Id)
{
    /// <summary>The minimum.</summary>
    [JsonPropertyName("min")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Min { get; init; }

    /// <summary>The maximum.</summary>
    [JsonPropertyName("max")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Max { get; init; }

    /// <summary>The average.</summary>
    [JsonPropertyName("avg")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Average { get; init; }

    /// <summary>The sum.</summary>
    [JsonPropertyName("sum")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Sum { get; init; }

    /// <summary>The average distance from the average, in percent of it, at most 100.</summary>
    [JsonPropertyName("skew")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Skew { get; init; }
}
