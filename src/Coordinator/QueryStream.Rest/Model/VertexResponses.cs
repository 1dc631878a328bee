using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/vertices/ID</c>: a vertex with its subtasks.</summary>
public sealed record VertexResponse
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The number of subtasks.</summary>
    [JsonPropertyName("parallelism")]
    public int Parallelism { get; init; }

    /// <summary>The number of key groups.</summary>
    [JsonPropertyName("maxParallelism")]
    public int MaxParallelism { get; init; }

    /// <summary>The time of the answer.</summary>
    [JsonPropertyName("now")]
    public long Now { get; init; }

    /// <summary>Its subtasks, by index.</summary>
    [JsonPropertyName("subtasks")]
    public IReadOnlyList<SubtaskDetails> Subtasks { get; init; } = [];

    /// <summary>The same over all subtasks.</summary>
    [JsonPropertyName("aggregated")]
    public SubtaskAggregates Aggregated { get; init; } = new();
}

/// <summary>One attempt of a subtask.</summary>
public sealed record SubtaskDetails
{
    /// <summary>Its index, from 0.</summary>
    [JsonPropertyName("subtask")]
    public int Subtask { get; init; }

    /// <summary>Its state.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";

    /// <summary>Its attempt. Attempts of a job rise over all of its regions, so the first one of a subtask need not be 0.</summary>
    [JsonPropertyName("attempt")]
    public int Attempt { get; init; }

    /// <summary>The host of its worker; empty before it has a slot.</summary>
    [JsonPropertyName("host")]
    public string Host { get; init; } = "";

    /// <summary>Where other workers reach its worker.</summary>
    [JsonPropertyName("endpoint")]
    public string Endpoint { get; init; } = "";

    /// <summary>When it was deployed; -1 before.</summary>
    [JsonPropertyName("start-time")]
    public long StartTime { get; init; }

    /// <summary>When it ended; -1 before.</summary>
    [JsonPropertyName("end-time")]
    public long EndTime { get; init; }

    /// <summary>The time between, or until now; -1 before.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }

    /// <summary>What has passed it.</summary>
    [JsonPropertyName("metrics")]
    public IoMetrics Metrics { get; init; } = new();

    /// <summary>The name of its worker; empty before it has a slot.</summary>
    [JsonPropertyName("taskmanager-id")]
    public string WorkerId { get; init; } = "";

    /// <summary>How long it was in each state that it has reached, in milliseconds.</summary>
    [JsonPropertyName("status-duration")]
    public IReadOnlyDictionary<string, long> StatusDuration { get; init; } = new Dictionary<string, long>();

    /// <summary>As <see cref="StartTime"/>, for old clients.</summary>
    [JsonPropertyName("start_time")]
    public long OldStartTime => StartTime;

    /// <summary>Ours: the index of its slot in the worker; null before it has one.</summary>
    [JsonPropertyName("slot")]
    public int? Slot { get; init; }
}

/// <summary>Figures over several subtasks, by name.</summary>
public sealed record SubtaskAggregates
{
    /// <summary>Of what has passed them.</summary>
    [JsonPropertyName("metrics")]
    public IReadOnlyDictionary<string, SubtaskStatistics> Metrics { get; init; } = new Dictionary<string, SubtaskStatistics>();

    /// <summary>Of how long they were in each state.</summary>
    [JsonPropertyName("status-duration")]
    public IReadOnlyDictionary<string, SubtaskStatistics> StatusDuration { get; init; } = new Dictionary<string, SubtaskStatistics>();
}

/// <summary>A figure over several subtasks.</summary>
public sealed record SubtaskStatistics
{
    /// <summary>The minimum.</summary>
    [JsonPropertyName("min")]
    public long Min { get; init; }

    /// <summary>The maximum.</summary>
    [JsonPropertyName("max")]
    public long Max { get; init; }

    /// <summary>The average.</summary>
    [JsonPropertyName("avg")]
    public long Average { get; init; }

    /// <summary>The sum.</summary>
    [JsonPropertyName("sum")]
    public long Sum { get; init; }

    /// <summary>The median.</summary>
    [JsonPropertyName("median")]
    public long Median { get; init; }

    /// <summary>The 25th percentile.</summary>
    [JsonPropertyName("p25")]
    public long P25 { get; init; }

    /// <summary>The 75th percentile.</summary>
    [JsonPropertyName("p75")]
    public long P75 { get; init; }

    /// <summary>The 95th percentile.</summary>
    [JsonPropertyName("p95")]
    public long P95 { get; init; }
}

/// <summary><c>GET .../subtasktimes</c>: when the subtasks of a vertex have come to each state.</summary>
/// <param name="Id">The vertex.</param>
/// <param name="Name">Its name.</param>
/// <param name="Now">The time of the answer.</param>
/// <param name="Subtasks">Its subtasks, by index.</param>
public sealed record SubtaskTimesResponse(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("now")] long Now,
    [property: JsonPropertyName("subtasks")] IReadOnlyList<SubtaskTimes> Subtasks);

/// <summary>When a subtask has come to each state.</summary>
public sealed record SubtaskTimes
{
    /// <summary>Its index, from 0.</summary>
    [JsonPropertyName("subtask")]
    public int Subtask { get; init; }

    /// <summary>The host of its worker; empty before it has a slot.</summary>
    [JsonPropertyName("host")]
    public string Host { get; init; } = "";

    /// <summary>Where other workers reach its worker.</summary>
    [JsonPropertyName("endpoint")]
    public string Endpoint { get; init; } = "";

    /// <summary>From its creation until its end, or until now.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }

    /// <summary>When it has come to each state; 0 for never.</summary>
    [JsonPropertyName("timestamps")]
    public IReadOnlyDictionary<string, long> Timestamps { get; init; } = new Dictionary<string, long>();
}

/// <summary><c>GET .../taskmanagers</c>: a vertex by worker.</summary>
/// <param name="Id">The vertex.</param>
/// <param name="Name">Its name.</param>
/// <param name="Now">The time of the answer.</param>
/// <param name="Workers">The workers that run subtasks of it, by name.</param>
public sealed record VertexWorkersResponse(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("now")] long Now,
    [property: JsonPropertyName("taskmanagers")] IReadOnlyList<VertexWorker> Workers);

/// <summary>The subtasks of a vertex in one worker.</summary>
public sealed record VertexWorker
{
    /// <summary>Where other workers reach it.</summary>
    [JsonPropertyName("host")]
    public string Host { get; init; } = "";

    /// <summary>The same.</summary>
    [JsonPropertyName("endpoint")]
    public string Endpoint { get; init; } = "";

    /// <summary>The state of these subtasks together.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";

    /// <summary>When the first was deployed; -1 before.</summary>
    [JsonPropertyName("start-time")]
    public long StartTime { get; init; }

    /// <summary>When the last one ended; -1 before.</summary>
    [JsonPropertyName("end-time")]
    public long EndTime { get; init; }

    /// <summary>The time between, or until now; -1 before.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }

    /// <summary>What has passed them.</summary>
    [JsonPropertyName("metrics")]
    public IoMetrics Metrics { get; init; } = new();

    /// <summary>Their number by state.</summary>
    [JsonPropertyName("status-counts")]
    public IReadOnlyDictionary<string, int> StatusCounts { get; init; } = new Dictionary<string, int>();

    /// <summary>The name of the worker.</summary>
    [JsonPropertyName("taskmanager-id")]
    public string WorkerId { get; init; } = "";

    /// <summary>The same over these subtasks.</summary>
    [JsonPropertyName("aggregated")]
    public SubtaskAggregates Aggregated { get; init; } = new();
}

/// <summary><c>GET .../backpressure</c>: how much the subtasks of a vertex are held back.</summary>
public sealed record BackPressureResponse
{
    /// <summary>ok; deprecated where nothing is measured, as Flink says for jobs that have ended: then the rest is left out.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "ok";

    /// <summary>The highest level of a subtask: ok, low or high.</summary>
    [JsonPropertyName("backpressureLevel")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Level { get; init; }

    /// <summary>The time of the answer.</summary>
    [JsonPropertyName("end-timestamp")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EndTimestamp { get; init; }

    /// <summary>The subtasks that have been measured, by index.</summary>
    [JsonPropertyName("subtasks")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SubtaskBackPressure>? Subtasks { get; init; }

    /// <summary>As <see cref="Level"/>, for old clients.</summary>
    [JsonPropertyName("backpressure-level")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OldLevel => Level;
}

/// <summary>How a subtask spends its time. The parts are 0 to 1.</summary>
public sealed record SubtaskBackPressure
{
    /// <summary>Its index, from 0.</summary>
    [JsonPropertyName("subtask")]
    public int Subtask { get; init; }

    /// <summary>ok, low or high.</summary>
    [JsonPropertyName("backpressureLevel")]
    public string Level { get; init; } = "";

    /// <summary>The part of the time in which it took no input, since what follows was full.</summary>
    [JsonPropertyName("ratio")]
    public double Ratio { get; init; }

    /// <summary>The part in which it had no input.</summary>
    [JsonPropertyName("idleRatio")]
    public double IdleRatio { get; init; }

    /// <summary>The part in which it worked.</summary>
    [JsonPropertyName("busyRatio")]
    public double BusyRatio { get; init; }

    /// <summary>As <see cref="Level"/>, for old clients.</summary>
    [JsonPropertyName("backpressure-level")]
    public string OldLevel => Level;
}
