using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jars</c>: the uploads.</summary>
/// <param name="Address">The address that was asked.</param>
/// <param name="Files">The uploads, the newest first.</param>
public sealed record JarsResponse(
    [property: JsonPropertyName("address")] string Address, [property: JsonPropertyName("files")] IReadOnlyList<JarFile> Files);

/// <summary>One upload.</summary>
/// <param name="Id">Names it in paths.</param>
/// <param name="Name">The name of its file.</param>
/// <param name="Uploaded">When it came, in milliseconds.</param>
/// <param name="Entry">The classes that are jobs.</param>
public sealed record JarFile(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("uploaded")] long Uploaded,
    [property: JsonPropertyName("entry")] IReadOnlyList<JarEntry> Entry);

/// <summary>A class that is a job.</summary>
/// <param name="Name">Its full name.</param>
public sealed record JarEntry([property: JsonPropertyName("name")] string Name)
{
    /// <summary>Always null: a class says nothing about itself before it is loaded.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }
}

/// <summary>The answer to an upload.</summary>
/// <param name="FileName">Its id; Flink's clients take what is behind the last slash.</param>
public sealed record UploadResponse([property: JsonPropertyName("filename")] string FileName)
{
    /// <summary>Always success.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "success";
}
