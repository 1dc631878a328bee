using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/config</c>: how a job is executed.</summary>
/// <param name="Id">The job.</param>
/// <param name="Name">Its name.</param>
/// <param name="Execution">How it is executed.</param>
public sealed record JobConfigResponse(
    [property: JsonPropertyName("jid")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("execution-config")] JobExecutionConfig Execution);

/// <summary>How a job is executed.</summary>
public sealed record JobExecutionConfig
{
    /// <summary>PIPELINED: there are no others.</summary>
    [JsonPropertyName("execution-mode")]
    public string ExecutionMode { get; init; } = "PIPELINED";

    /// <summary>How it restarts, in words.</summary>
    [JsonPropertyName("restart-strategy")]
    public string RestartStrategy { get; init; } = "";

    /// <summary>The parallelism of operators for which the job sets none.</summary>
    [JsonPropertyName("job-parallelism")]
    public int Parallelism { get; init; }

    /// <summary>True: operators of a task pass rows on without a copy.</summary>
    [JsonPropertyName("object-reuse-mode")]
    public bool ObjectReuse { get; init; } = true;

    /// <summary>The job's settings; secrets are hidden.</summary>
    [JsonPropertyName("user-config")]
    public IReadOnlyDictionary<string, string> UserConfig { get; init; } = new Dictionary<string, string>();
}

/// <summary><c>GET /jobs/ID/execution-result</c>: how a job has ended.</summary>
/// <param name="Status">COMPLETED, or IN_PROGRESS.</param>
public sealed record ExecutionResultResponse([property: JsonPropertyName("status")] OperationStatus Status)
{
    /// <summary>Left out before it has ended.</summary>
    [JsonPropertyName("job-execution-result")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecutionResult? Result { get; init; }
}

/// <summary>How a job has ended.</summary>
public sealed record ExecutionResult
{
    /// <summary>The job.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>SUCCEEDED, FAILED or CANCELED.</summary>
    [JsonPropertyName("application-status")]
    public string Status { get; init; } = "";

    /// <summary>Empty: Flink has objects of Java here. The counters are at <c>/jobs/ID/accumulators</c>.</summary>
    [JsonPropertyName("accumulator-results")]
    public EmptyResponse Accumulators { get; init; } = new();

    /// <summary>From its submission to its end, in milliseconds.</summary>
    [JsonPropertyName("net-runtime")]
    public long NetRuntime { get; init; }

    /// <summary>Why it has failed; left out if it has not.</summary>
    [JsonPropertyName("failure-cause")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureCause? Failure { get; init; }
}

/// <summary>A counter that a job has declared, as Flink shows an accumulator.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record AccumulatorDetails([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("value")] string Value)
{
    /// <summary>LongCounter: there are no others.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init; } = "LongCounter";
}

/// <summary><c>GET /jobs/ID/accumulators</c>: the counters that a job has declared, over all of its attempts.</summary>
/// <param name="User">The counters.</param>
public sealed record JobAccumulatorsResponse([property: JsonPropertyName("user-task-accumulators")] IReadOnlyList<AccumulatorDetails> User)
{
    /// <summary>Always empty, as Flink's.</summary>
    [JsonPropertyName("job-accumulators")]
    public IReadOnlyList<AccumulatorDetails> Job { get; init; } = [];

    /// <summary>Empty: Flink has objects of Java here.</summary>
    [JsonPropertyName("serialized-user-task-accumulators")]
    public EmptyResponse Serialized { get; init; } = new();
}

/// <summary><c>GET .../accumulators</c> of a vertex: its counters, since its attempt began.</summary>
/// <param name="Id">The vertex.</param>
/// <param name="User">The counters.</param>
public sealed record VertexAccumulatorsResponse(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("user-accumulators")] IReadOnlyList<AccumulatorDetails> User);

/// <summary><c>GET .../subtasks/accumulators</c>: the counters of a vertex by subtask.</summary>
/// <param name="Id">The vertex.</param>
/// <param name="Parallelism">The number of subtasks.</param>
/// <param name="Subtasks">The subtasks, by index.</param>
public sealed record SubtasksAccumulatorsResponse(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("parallelism")] int Parallelism,
    [property: JsonPropertyName("subtasks")] IReadOnlyList<SubtaskAccumulators> Subtasks);

/// <summary>The counters of a subtask since its attempt began.</summary>
public sealed record SubtaskAccumulators
{
    /// <summary>Its index, from 0.</summary>
    [JsonPropertyName("subtask")]
    public int Subtask { get; init; }

    /// <summary>The attempt.</summary>
    [JsonPropertyName("attempt")]
    public int Attempt { get; init; }

    /// <summary>The id of job, vertex, subtask and attempt together; left out in lists.</summary>
    [JsonPropertyName("id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary>The host of its worker; left out where one subtask is asked.</summary>
    [JsonPropertyName("host")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Host { get; init; }

    /// <summary>Where other workers reach its worker; left out where one subtask is asked.</summary>
    [JsonPropertyName("endpoint")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Endpoint { get; init; }

    /// <summary>The counters.</summary>
    [JsonPropertyName("user-accumulators")]
    public IReadOnlyList<AccumulatorDetails> User { get; init; } = [];
}

/// <summary>At which parallelism a vertex may run: part of <c>/jobs/ID/resource-requirements</c>.</summary>
/// <param name="Parallelism">The bounds.</param>
public sealed record VertexRequirements([property: JsonPropertyName("parallelism")] ParallelismBounds Parallelism);

/// <summary>Bounds of a parallelism.</summary>
/// <param name="Lower">The least, from 1.</param>
/// <param name="Upper">The one that is wanted.</param>
public sealed record ParallelismBounds(
    [property: JsonPropertyName("lowerBound")] int Lower, [property: JsonPropertyName("upperBound")] int Upper);

/// <summary>A setting of a process.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; secrets are hidden.</param>
public sealed record SettingDetails([property: JsonPropertyName("key")] string Key, [property: JsonPropertyName("value")] string Value);

/// <summary><c>GET /jobmanager/environment</c>: what the coordinator runs in.</summary>
/// <param name="Runtime">.NET, where Flink has its JVM.</param>
/// <param name="Assemblies">The names of loaded assemblies, where Flink has its class path.</param>
public sealed record EnvironmentResponse(
    [property: JsonPropertyName("jvm")] RuntimeDetails Runtime,
    [property: JsonPropertyName("classpath")] IReadOnlyList<string> Assemblies);

/// <summary>The runtime of a process.</summary>
/// <param name="Version">Its name and version.</param>
/// <param name="Architecture">The processor's.</param>
/// <param name="Options">Settings of the garbage collector, NAME=VALUE.</param>
public sealed record RuntimeDetails(
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("arch")] string Architecture,
    [property: JsonPropertyName("options")] IReadOnlyList<string> Options);
