using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary>An error, as Flink writes it.</summary>
/// <param name="Errors">What is wrong.</param>
public sealed record ErrorResponse([property: JsonPropertyName("errors")] IReadOnlyList<string> Errors)
{
    /// <summary>The kind of error, the name of an ErrorCode: ours.</summary>
    [JsonPropertyName("code")]
    public string Code { get; init; } = "";
}

/// <summary>An answer without content.</summary>
public sealed record EmptyResponse;
