using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobmanager/logs</c> and <c>/taskmanagers/NAME/logs</c>: the logs of a process, of which there is one.</summary>
/// <param name="Logs">The logs.</param>
public sealed record LogsResponse([property: JsonPropertyName("logs")] IReadOnlyList<LogDetails> Logs);

/// <summary>A log.</summary>
/// <param name="Name">Its name, by which it can be read.</param>
/// <param name="Size">The size of the lines that are kept, in bytes.</param>
/// <param name="WrittenAt">When the last line was written, in milliseconds since the epoch.</param>
public sealed record LogDetails(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("mtime")] long WrittenAt);
