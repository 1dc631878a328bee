using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>POST /jars/ID/run</c> and <c>/plan</c>.</summary>
public sealed record RunUploadRequest
{
    /// <summary>The job's class; null: the only one.</summary>
    [JsonPropertyName("entryClass")]
    public string? EntryClass { get; init; }

    /// <summary>The job's settings, <c>name=value</c> separated by blanks; values with blanks stand in quotes.</summary>
    [JsonPropertyName("programArgs")]
    public string? ProgramArgs { get; init; }

    /// <summary>The job's settings, each <c>name=value</c>.</summary>
    [JsonPropertyName("programArgsList")]
    public IReadOnlyList<string>? ProgramArgsList { get; init; }

    /// <summary>As in <see cref="SubmitRequest"/>.</summary>
    [JsonPropertyName("parallelism")]
    public int? Parallelism { get; init; }

    /// <summary>Must be null: the cluster chooses it.</summary>
    [JsonPropertyName("jobId")]
    public string? JobId { get; init; }

    /// <summary>As in <see cref="SubmitRequest"/>.</summary>
    [JsonPropertyName("savepointPath")]
    public string? SavepointPath { get; init; }

    /// <summary>As in <see cref="SubmitRequest"/>.</summary>
    [JsonPropertyName("allowNonRestoredState")]
    public bool? AllowNonRestoredState { get; init; }

    /// <summary>As in <see cref="SubmitRequest"/>.</summary>
    [JsonPropertyName("flinkConfiguration")]
    public IReadOnlyDictionary<string, string>? FlinkConfiguration { get; init; }

    /// <summary>Ours: as in <see cref="SubmitRequest"/>.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Ours: the job's settings by name.</summary>
    [JsonPropertyName("settings")]
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Ours: as in <see cref="SubmitRequest"/>.</summary>
    [JsonPropertyName("ifAbsent")]
    public bool IfAbsent { get; init; }
}
