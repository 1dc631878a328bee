using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/exceptions</c>: the failures of a job.</summary>
public sealed record JobExceptionsResponse
{
    /// <summary>The last one with its stack trace; null: none.</summary>
    [JsonPropertyName("root-exception")]
    public string? RootException { get; init; }

    /// <summary>When it happened, in milliseconds since the epoch; null: never.</summary>
    [JsonPropertyName("timestamp")]
    public long? Timestamp { get; init; }

    /// <summary>The failures of tasks among them, for old clients.</summary>
    [JsonPropertyName("all-exceptions")]
    public IReadOnlyList<TaskException> AllExceptions { get; init; } = [];

    /// <summary>Whether there were more.</summary>
    [JsonPropertyName("truncated")]
    public bool Truncated { get; init; }

    /// <summary>The last ones.</summary>
    [JsonPropertyName("exceptionHistory")]
    public JobExceptionHistory History { get; init; } = new();
}

/// <summary>A failure of a task, for old clients.</summary>
public sealed record TaskException
{
    /// <summary>It with its stack trace.</summary>
    [JsonPropertyName("exception")]
    public string Exception { get; init; } = "";

    /// <summary>The task with its attempt.</summary>
    [JsonPropertyName("task")]
    public string Task { get; init; } = "";

    /// <summary>Where other workers reach its worker; empty: that is gone.</summary>
    [JsonPropertyName("location")]
    public string Location { get; init; } = "";

    /// <summary>The same.</summary>
    [JsonPropertyName("endpoint")]
    public string Endpoint => Location;

    /// <summary>When it happened, in milliseconds since the epoch.</summary>
    [JsonPropertyName("timestamp")]
    public long Timestamp { get; init; }

    /// <summary>The name of its worker.</summary>
    [JsonPropertyName("taskManagerId")]
    public string WorkerId { get; init; } = "";
}

/// <summary>The last failures of a job.</summary>
public sealed record JobExceptionHistory
{
    /// <summary>The newest first.</summary>
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

    /// <summary>The task that threw, with its attempt; null where no task did.</summary>
    [JsonPropertyName("taskName")]
    public string? TaskName { get; init; }

    /// <summary>Where other workers reach the worker; null: it is gone, or no worker was concerned.</summary>
    [JsonPropertyName("location")]
    public string? Location { get; init; }

    /// <summary>The same.</summary>
    [JsonPropertyName("endpoint")]
    public string? Endpoint { get; init; }

    /// <summary>The worker on which the task ran, or that was lost; null: none is known.</summary>
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
