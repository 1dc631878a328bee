using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs</c>: ids and states.</summary>
/// <param name="Jobs">The jobs.</param>
public sealed record JobsResponse([property: JsonPropertyName("jobs")] IReadOnlyList<JobIdWithStatus> Jobs);

/// <summary>A job's id and state.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Its state.</param>
public sealed record JobIdWithStatus([property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("status")] string Status);

/// <summary><c>GET /jobs/ID/status</c>.</summary>
/// <param name="Status">The job's state.</param>
public sealed record JobStatusResponse([property: JsonPropertyName("status")] string Status);

/// <summary><c>GET /jobs/overview</c>: a row for each job.</summary>
/// <param name="Jobs">The jobs that have not ended, then the last that have.</param>
public sealed record JobsOverviewResponse([property: JsonPropertyName("jobs")] IReadOnlyList<JobOverview> Jobs);

/// <summary>A job in one row. Times in milliseconds since the epoch.</summary>
public sealed record JobOverview
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("jid")]
    public string Id { get; init; } = "";

    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>When it was submitted.</summary>
    [JsonPropertyName("start-time")]
    public long StartTime { get; init; }

    /// <summary>When it ended; -1 before.</summary>
    [JsonPropertyName("end-time")]
    public long EndTime { get; init; }

    /// <summary>The time between, or until now.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }

    /// <summary>Its state.</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>When it changed its state last.</summary>
    [JsonPropertyName("last-modification")]
    public long LastModification { get; init; }

    /// <summary>The number of tasks by state, and in total.</summary>
    [JsonPropertyName("tasks")]
    public IReadOnlyDictionary<string, int> Tasks { get; init; } = new Dictionary<string, int>();
}
