using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary>What a job has done so far: ours.</summary>
public sealed record JobProgress
{
    /// <summary>Why it has failed; null if it has not.</summary>
    [JsonPropertyName("failure")]
    public string? Failure { get; init; }

    /// <summary>Why it waits for slots; null if it does not.</summary>
    [JsonPropertyName("waits-for")]
    public string? WaitsFor { get; init; }

    /// <summary>How often it was restarted.</summary>
    [JsonPropertyName("restarts")]
    public int Restarts { get; init; }

    /// <summary>Why it was restarted last; null if it never was.</summary>
    [JsonPropertyName("restart-cause")]
    public string? RestartCause { get; init; }

    /// <summary>The parallelism of operators for which the job sets none.</summary>
    [JsonPropertyName("parallelism")]
    public int Parallelism { get; init; }

    /// <summary>
    /// The one that it was submitted with, or that somebody has asked for since. It restarts at that one, and the adaptive scheduler runs it at a
    /// lower one while too few slots are free.
    /// </summary>
    [JsonPropertyName("wanted-parallelism")]
    public int WantedParallelism { get; init; }

    /// <summary>How long its tasks have run, in milliseconds.</summary>
    [JsonPropertyName("running-time")]
    public long RunningTime { get; init; }

    /// <summary>Records that its sources have read, dead letters included.</summary>
    [JsonPropertyName("records-read")]
    public long RecordsRead { get; init; }

    /// <summary>Rows that external systems have acknowledged.</summary>
    [JsonPropertyName("records-acknowledged")]
    public long RecordsAcknowledged { get; init; }

    /// <summary>Rows that were too late for a window.</summary>
    [JsonPropertyName("late-dropped")]
    public long LateDropped { get; init; }

    /// <summary>The lowest watermark, in milliseconds since the epoch; null while there is none.</summary>
    [JsonPropertyName("watermark")]
    public long? Watermark { get; init; }

    /// <summary>The counters that the job declares.</summary>
    [JsonPropertyName("counters")]
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>Records that could not become rows, by reason.</summary>
    [JsonPropertyName("dead-letters")]
    public IReadOnlyDictionary<string, long> DeadLetters { get; init; } = new Dictionary<string, long>();

    /// <summary>What is wrong with external systems at the moment, by operator.</summary>
    [JsonPropertyName("problems")]
    public IReadOnlyDictionary<string, string> Problems { get; init; } = new Dictionary<string, string>();

    /// <summary>How many checkpoints have completed.</summary>
    [JsonPropertyName("checkpoints-completed")]
    public long CheckpointsCompleted { get; init; }

    /// <summary>How many checkpoints have failed.</summary>
    [JsonPropertyName("checkpoints-failed")]
    public long CheckpointsFailed { get; init; }

    /// <summary>The path of the last checkpoint; null if there is none, or it was deleted.</summary>
    [JsonPropertyName("last-checkpoint")]
    public string? LastCheckpoint { get; init; }

    /// <summary>What it was started from; null: nothing.</summary>
    [JsonPropertyName("restored-from")]
    public string? RestoredFrom { get; init; }
}
