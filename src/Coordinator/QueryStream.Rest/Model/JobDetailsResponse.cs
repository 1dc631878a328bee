using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID</c>: a job with its vertices. Times in milliseconds since the epoch.</summary>
public sealed record JobDetailsResponse
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("jid")]
    public string Id { get; init; } = "";

    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>Always false, as Flink's.</summary>
    [JsonPropertyName("isStoppable")]
    public bool IsStoppable { get; init; }

    /// <summary>Its state.</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>Always STREAMING.</summary>
    [JsonPropertyName("job-type")]
    public string JobType { get; init; } = "STREAMING";

    /// <summary>When it was submitted.</summary>
    [JsonPropertyName("start-time")]
    public long StartTime { get; init; }

    /// <summary>When it ended; -1 before.</summary>
    [JsonPropertyName("end-time")]
    public long EndTime { get; init; }

    /// <summary>The time between, or until now.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }

    /// <summary>Always -1, as Flink's.</summary>
    [JsonPropertyName("maxParallelism")]
    public long MaxParallelism { get; init; } = -1;

    /// <summary>The time of the answer.</summary>
    [JsonPropertyName("now")]
    public long Now { get; init; }

    /// <summary>When it changed to each state last; 0 for never.</summary>
    [JsonPropertyName("timestamps")]
    public IReadOnlyDictionary<string, long> Timestamps { get; init; } = new Dictionary<string, long>();

    /// <summary>Its vertices.</summary>
    [JsonPropertyName("vertices")]
    public IReadOnlyList<JobVertexDetails> Vertices { get; init; } = [];

    /// <summary>The number of vertices by state.</summary>
    [JsonPropertyName("status-counts")]
    public IReadOnlyDictionary<string, int> StatusCounts { get; init; } = new Dictionary<string, int>();

    /// <summary>Its graph.</summary>
    [JsonPropertyName("plan")]
    public JobPlan Plan { get; init; } = new();

    /// <summary>Ours: what Flink has elsewhere or not at all.</summary>
    [JsonPropertyName("querystream")]
    public JobProgress Progress { get; init; } = new();
}

/// <summary>A vertex of a job.</summary>
public sealed record JobVertexDetails
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>All vertices of a job share slots: the job's id.</summary>
    [JsonPropertyName("slotSharingGroupId")]
    public string SlotSharingGroupId { get; init; } = "";

    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The number of key groups.</summary>
    [JsonPropertyName("maxParallelism")]
    public int MaxParallelism { get; init; }

    /// <summary>The number of subtasks.</summary>
    [JsonPropertyName("parallelism")]
    public int Parallelism { get; init; }

    /// <summary>The state of all subtasks together.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";

    /// <summary>When its first subtask was deployed; -1 before.</summary>
    [JsonPropertyName("start-time")]
    public long StartTime { get; init; }

    /// <summary>When its last subtask ended; -1 before.</summary>
    [JsonPropertyName("end-time")]
    public long EndTime { get; init; }

    /// <summary>The time between, or until now; -1 before.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }

    /// <summary>The number of subtasks by state.</summary>
    [JsonPropertyName("tasks")]
    public IReadOnlyDictionary<string, int> Tasks { get; init; } = new Dictionary<string, int>();

    /// <summary>Its counts.</summary>
    [JsonPropertyName("metrics")]
    public IoMetrics Metrics { get; init; } = new();
}
