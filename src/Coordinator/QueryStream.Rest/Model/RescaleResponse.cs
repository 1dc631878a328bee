using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>PATCH /jobs/ID/rescaling?parallelism=N</c>.</summary>
/// <param name="FormerParallelism">The parallelism at which the job has run until then.</param>
/// <param name="Parallelism">The one that is wanted now.</param>
/// <param name="Restarts">
/// Whether it restarts for that. If not, it has the parallelism already, or no slots are free for more, and the adaptive scheduler scales it up when
/// there are.
/// </param>
public sealed record RescaleResponse(
    [property: JsonPropertyName("former-parallelism")] int FormerParallelism,
    [property: JsonPropertyName("parallelism")] int Parallelism,
    [property: JsonPropertyName("restarts")] bool Restarts);
