using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>POST /jobs</c>: runs a job whose files are in the store of blobs.</summary>
public sealed record SubmitRequest
{
    /// <summary>The hash of the job's bundle.</summary>
    [Required]
    [JsonPropertyName("bundle")]
    public string? Bundle { get; init; }

    /// <summary>The job's class.</summary>
    [Required]
    [JsonPropertyName("entryClass")]
    public string? EntryClass { get; init; }

    /// <summary>The job's name; null: the one that it gives itself.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The job's settings.</summary>
    [JsonPropertyName("settings")]
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>The parallelism of operators for which the job sets none; null: <c>parallelism.default</c>, else the cluster's.</summary>
    [JsonPropertyName("parallelism")]
    public int? Parallelism { get; init; }

    /// <summary>Settings of the engine, by Flink's names.</summary>
    [JsonPropertyName("flinkConfiguration")]
    public IReadOnlyDictionary<string, string>? FlinkConfiguration { get; init; }

    /// <summary>The checkpoint or savepoint to start from, or <c>latest</c>; null: none.</summary>
    [JsonPropertyName("savepointPath")]
    public string? SavepointPath { get; init; }

    /// <summary>Whether state is dropped that no operator of the job claims.</summary>
    [JsonPropertyName("allowNonRestoredState")]
    public bool AllowNonRestoredState { get; init; }

    /// <summary>Whether a job of this name that is not ending is returned instead.</summary>
    [JsonPropertyName("ifAbsent")]
    public bool IfAbsent { get; init; }
}

/// <summary>The answer to a submission.</summary>
/// <param name="JobId">The job's id.</param>
public sealed record SubmitResponse([property: JsonPropertyName("jobid")] string JobId)
{
    /// <summary>Whether the job was started by this request; false: there was one of its name.</summary>
    [JsonPropertyName("created")]
    public bool Created { get; init; }
}
