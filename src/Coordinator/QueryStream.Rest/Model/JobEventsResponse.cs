using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/events</c>, ours: what has happened to a job.</summary>
/// <param name="Events">The last events, the newest first.</param>
public sealed record JobEventsResponse([property: JsonPropertyName("events")] IReadOnlyList<JobEventDetails> Events);

/// <summary>Something that has happened to a job.</summary>
public sealed record JobEventDetails
{
    /// <summary>What: SUBMITTED, RESUMED, ADOPTED, RUNNING, RESTARTED, MOVED, WORKER_LOST, SAVEPOINT or ENDED.</summary>
    [JsonPropertyName("kind")]
    public string Kind { get; init; } = "";

    /// <summary>When, in milliseconds since the epoch.</summary>
    [JsonPropertyName("timestamp")]
    public long Timestamp { get; init; }

    /// <summary>For people: the cause, the path of the savepoint, how the job has ended.</summary>
    [JsonPropertyName("text")]
    public string Text { get; init; } = "";

    /// <summary>How the job came to run again; null for events that do not stop it.</summary>
    [JsonPropertyName("recovery")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JobRecoveryDetails? Recovery { get; init; }
}

/// <summary>How tasks of a job were stopped and run again.</summary>
public sealed record JobRecoveryDetails
{
    /// <summary>The number of the restart.</summary>
    [JsonPropertyName("restart")]
    public int Restart { get; init; }

    /// <summary>When the failure was noticed, in milliseconds since the epoch; that of the first one, if several followed each other.</summary>
    [JsonPropertyName("noticed")]
    public long Noticed { get; init; }

    /// <summary>The regions that restart, by the names of their vertices; empty: all.</summary>
    [JsonPropertyName("regions")]
    public IReadOnlyList<string> Regions { get; init; } = [];

    /// <summary>The path of the checkpoint that they restore; null: none, or it is not known yet.</summary>
    [JsonPropertyName("restored-from")]
    public string? RestoredFrom { get; init; }

    /// <summary>The worker that was lost; null: none was.</summary>
    [JsonPropertyName("lost-worker")]
    public string? LostWorker { get; init; }

    /// <summary>The restart that has followed before this one was complete; null: none has.</summary>
    [JsonPropertyName("superseded-by")]
    public int? SupersededBy { get; init; }

    /// <summary>The phases that are over, in their order.</summary>
    [JsonPropertyName("phases")]
    public IReadOnlyList<RecoveryPhaseDetails> Phases { get; init; } = [];

    /// <summary>From the failure until all tasks ran again, in milliseconds; -1: they do not.</summary>
    [JsonPropertyName("total")]
    public long Total { get; init; } = -1;
}

/// <summary>A phase of a recovery that is over.</summary>
public sealed record RecoveryPhaseDetails
{
    /// <summary>Its name: failed-again, stopped, delayed, placed, deployed, running or first-output.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>When it was over, in milliseconds since the epoch.</summary>
    [JsonPropertyName("timestamp")]
    public long Timestamp { get; init; }

    /// <summary>How long it took, in milliseconds: from the end of the phase before it.</summary>
    [JsonPropertyName("duration")]
    public long Duration { get; init; }
}
