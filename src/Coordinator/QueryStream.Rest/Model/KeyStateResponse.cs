using System.Text.Json;
using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/state/OPERATOR?key=KEY</c>, ours: the state of one key.</summary>
public sealed record KeyStateResponse
{
    /// <summary>The job.</summary>
    [JsonPropertyName("jobid")]
    public string Job { get; init; } = "";

    /// <summary>The name of the operator.</summary>
    [JsonPropertyName("operator")]
    public string Operator { get; init; } = "";

    /// <summary>Its id.</summary>
    [JsonPropertyName("operatorId")]
    public string OperatorId { get; init; } = "";

    /// <summary>The key.</summary>
    [JsonPropertyName("key")]
    public JsonElement Key { get; init; }

    /// <summary>The key group.</summary>
    [JsonPropertyName("keyGroup")]
    public int KeyGroup { get; init; }

    /// <summary>The task that has answered: <c>Window (2/4)</c>.</summary>
    [JsonPropertyName("task")]
    public string Task { get; init; } = "";

    /// <summary>Its attempt.</summary>
    [JsonPropertyName("attempt")]
    public int Attempt { get; init; }

    /// <summary>Its worker.</summary>
    [JsonPropertyName("worker")]
    public string Worker { get; init; } = "";

    /// <summary>Its slot of that worker.</summary>
    [JsonPropertyName("slot")]
    public int Slot { get; init; }

    /// <summary>The event time that the operator has reached.</summary>
    [JsonPropertyName("watermark")]
    public string Watermark { get; init; } = "";

    /// <summary>The named states of the key.</summary>
    [JsonPropertyName("states")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? States { get; init; }

    /// <summary>The windows of the key that are open, or kept for late rows.</summary>
    [JsonPropertyName("windows")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Windows { get; init; }
}
