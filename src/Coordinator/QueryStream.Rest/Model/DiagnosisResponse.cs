using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/why</c>: what holds the output of a job back. Ours.</summary>
/// <param name="Findings">The most likely first; at least one.</param>
public sealed record DiagnosisResponse([property: JsonPropertyName("findings")] IReadOnlyList<FindingDetails> Findings);

/// <summary>Something that holds output back, or tells that nothing does.</summary>
/// <param name="Kind">What it is, such as WATERMARK_HELD.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Text">Where, since when, how much.</param>
public sealed record FindingDetails(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("text")] string Text)
{
    /// <summary>What to change; left out where it is not known.</summary>
    [JsonPropertyName("change")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Change { get; init; }
}
