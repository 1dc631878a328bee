using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/exceptions</c>: the last failure of a job.</summary>
public sealed record JobExceptionsResponse
{
    /// <summary>It with its stack trace; null: none.</summary>
    [JsonPropertyName("root-exception")]
    public string? RootException { get; init; }

    /// <summary>When it happened, in milliseconds since the epoch; null: never.</summary>
    [JsonPropertyName("timestamp")]
    public long? Timestamp { get; init; }

    /// <summary>Always empty, as Flink's.</summary>
    [JsonPropertyName("all-exceptions")]
    public IReadOnlyList<JobExceptionEntry> AllExceptions { get; init; } = [];

    /// <summary>Always false.</summary>
    [JsonPropertyName("truncated")]
    public bool Truncated { get; init; }

    /// <summary>The last failure once more.</summary>
    [JsonPropertyName("exceptionHistory")]
    public JobExceptionHistory History { get; init; } = new();
}

/// <summary>The failures of a job: the last one.</summary>
public sealed record JobExceptionHistory
{
    /// <summary>At most one.</summary>
    [JsonPropertyName("entries")]
    public IReadOnlyList<JobExceptionEntry> Entries { get; init; } = [];

    /// <summary>Whether there were more.</summary>
    [JsonPropertyName("truncated")]
    public bool Truncated { get; init; }
}

/// <summary>A failure of a job.</summary>
public sealed record JobExceptionEntry
{
    /// <summary>Its type.</summary>
    [JsonPropertyName("exceptionName")]
    public string ExceptionName { get; init; } = "";

    /// <summary>It with its stack trace.</summary>
    [JsonPropertyName("stacktrace")]
    public string StackTrace { get; init; } = "";

    /// <summary>When it happened, in milliseconds since the epoch.</summary>
    [JsonPropertyName("timestamp")]
    public long Timestamp { get; init; }

    /// <summary>Always empty.</summary>
    [JsonPropertyName("failureLabels")]
    public IReadOnlyDictionary<string, string> FailureLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>The operator and subtask that threw; null where no task did.</summary>
    [JsonPropertyName("taskName")]
    public string? TaskName { get; init; }

    /// <summary>Not known.</summary>
    [JsonPropertyName("location")]
    public string? Location { get; init; }

    /// <summary>Not known.</summary>
    [JsonPropertyName("endpoint")]
    public string? Endpoint { get; init; }

    /// <summary>The worker that was lost; null: none was.</summary>
    [JsonPropertyName("taskManagerId")]
    public string? TaskManagerId { get; init; }

    /// <summary>How the job came to run again after it: ours. Null: it did not restart.</summary>
    [JsonPropertyName("recovery")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JobRecoveryDetails? Recovery { get; init; }

    /// <summary>Always empty.</summary>
    [JsonPropertyName("concurrentExceptions")]
    public IReadOnlyList<JobExceptionEntry> ConcurrentExceptions { get; init; } = [];
}
