using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>POST /jobs/ID/savepoints</c>.</summary>
public sealed record SavepointRequest
{
    /// <summary>Where the savepoint's directory is created; null: in <c>state.savepoints.dir</c>.</summary>
    [JsonPropertyName("target-directory")]
    public string? TargetDirectory { get; init; }

    /// <summary>Must be false.</summary>
    [JsonPropertyName("cancel-job")]
    public bool CancelJob { get; init; }

    /// <summary>CANONICAL, or null.</summary>
    [JsonPropertyName("formatType")]
    public string? FormatType { get; init; }

    /// <summary>An id that the client has chosen: sent twice, the request is carried out once.</summary>
    [JsonPropertyName("triggerId")]
    public string? TriggerId { get; init; }
}

/// <summary><c>POST /jobs/ID/stop</c>.</summary>
public sealed record StopRequest
{
    /// <summary>Where the savepoint's directory is created; null: in <c>state.savepoints.dir</c>.</summary>
    [JsonPropertyName("targetDirectory")]
    public string? TargetDirectory { get; init; }

    /// <summary>Whether event time ends before, so that all windows fire.</summary>
    [JsonPropertyName("drain")]
    public bool Drain { get; init; }

    /// <summary>CANONICAL, or null.</summary>
    [JsonPropertyName("formatType")]
    public string? FormatType { get; init; }

    /// <summary>An id that the client has chosen: sent twice, the request is carried out once.</summary>
    [JsonPropertyName("triggerId")]
    public string? TriggerId { get; init; }
}

/// <summary><c>POST /savepoint-disposal</c>.</summary>
public sealed record DisposalRequest
{
    /// <summary>The savepoint, or a checkpoint that has outlasted its job.</summary>
    [Required]
    [JsonPropertyName("savepoint-path")]
    public string? SavepointPath { get; init; }
}

/// <summary>The answer to a request that takes its time.</summary>
/// <param name="RequestId">Names the request: 32 hexadecimal digits.</param>
public sealed record TriggerResponse([property: JsonPropertyName("request-id")] string RequestId);

/// <summary><c>GET /jobs/ID/savepoints/TRIGGER-ID</c>.</summary>
/// <param name="Status">Whether it is over.</param>
/// <param name="Operation">How it ended; null before.</param>
public sealed record SavepointStatusResponse(
    [property: JsonPropertyName("status")] OperationStatus Status, [property: JsonPropertyName("operation")] SavepointResult? Operation);

/// <summary>Whether an operation is over.</summary>
/// <param name="Id">IN_PROGRESS or COMPLETED; COMPLETED also when it failed.</param>
public sealed record OperationStatus([property: JsonPropertyName("id")] string Id);

/// <summary>How a savepoint ended.</summary>
public sealed record SavepointResult
{
    /// <summary>Its path; left out if it failed.</summary>
    [JsonPropertyName("location")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Location { get; init; }

    /// <summary>Why it failed; left out if it has not.</summary>
    [JsonPropertyName("failure-cause")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureCause? FailureCause { get; init; }
}

/// <summary>An exception.</summary>
public sealed record FailureCause
{
    /// <summary>Its type.</summary>
    [JsonPropertyName("class")]
    public string Class { get; init; } = "";

    /// <summary>It with its stack trace.</summary>
    [JsonPropertyName("stack-trace")]
    public string StackTrace { get; init; } = "";

    /// <summary>Ours: its message.</summary>
    [JsonPropertyName("message")]
    public string Message { get; init; } = "";

    /// <summary>That of an exception.</summary>
    internal static FailureCause Of(Exception failure) =>
        new() { Class = failure.GetType().FullName!, StackTrace = failure.ToString(), Message = failure.Message };
}
