using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobmanager/thread-dump</c> and <c>/taskmanagers/NAME/thread-dump</c>: the threads of a process that run .NET code.</summary>
/// <param name="Threads">The threads, by id.</param>
public sealed record ThreadDumpResponse([property: JsonPropertyName("threadInfos")] IReadOnlyList<ThreadInfo> Threads);

/// <summary>A thread.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its name, its id, whether it runs or waits, and its stack, the innermost frame first, as Flink writes it.</param>
public sealed record ThreadInfo(
    [property: JsonPropertyName("threadName")] string Name,
    [property: JsonPropertyName("stringifiedThreadInfo")] string Text);
