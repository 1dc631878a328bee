using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/shards</c>, ours: where the shards of a job belong.</summary>
/// <param name="Shards">The shards, by slot of the job.</param>
public sealed record JobShardsResponse([property: JsonPropertyName("shards")] IReadOnlyList<JobShardDetails> Shards);

/// <summary>A shard: a slot of the job.</summary>
public sealed record JobShardDetails
{
    /// <summary>Its name in the region <c>keys</c>.</summary>
    [JsonPropertyName("shard")]
    public string Shard { get; init; } = "";

    /// <summary>The worker of its tasks; null: they have none.</summary>
    [JsonPropertyName("worker")]
    public string? Worker { get; init; }

    /// <summary>Their slot of that worker; -1: they have none.</summary>
    [JsonPropertyName("slot")]
    public int Slot { get; init; } = -1;

    /// <summary>The tasks: one subtask of each vertex.</summary>
    [JsonPropertyName("tasks")]
    public IReadOnlyList<ShardTask> Tasks { get; init; } = [];
}

/// <summary>A task of a shard.</summary>
public sealed record ShardTask
{
    /// <summary>The vertex.</summary>
    [JsonPropertyName("vertex")]
    public string Vertex { get; init; } = "";

    /// <summary>Its display name: <c>Window (2/4)</c>.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>Its state.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";

    /// <summary>Its attempt.</summary>
    [JsonPropertyName("attempt")]
    public int Attempt { get; init; }

    /// <summary>The operators whose state can be asked for by key.</summary>
    [JsonPropertyName("operators")]
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>The key groups that it owns; empty if it has no such operator.</summary>
    [JsonPropertyName("keyGroups")]
    public IReadOnlyList<KeyGroupRange> KeyGroups { get; init; } = [];
}

/// <summary>Consecutive key groups.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public sealed record KeyGroupRange([property: JsonPropertyName("first")] int First, [property: JsonPropertyName("last")] int Last);
