using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /jobs/ID/checkpoints</c>.</summary>
public sealed record CheckpointsResponse
{
    /// <summary>How many there were.</summary>
    [JsonPropertyName("counts")]
    public CheckpointCounts Counts { get; init; } = new();

    /// <summary>The figures of the last ones.</summary>
    [JsonPropertyName("summary")]
    public CheckpointSummary Summary { get; init; } = new();

    /// <summary>The last of each kind.</summary>
    [JsonPropertyName("latest")]
    public LatestCheckpoints Latest { get; init; } = new();

    /// <summary>The last ones, the newest first.</summary>
    [JsonPropertyName("history")]
    public IReadOnlyList<CheckpointDetails> History { get; init; } = [];
}

/// <summary>Numbers of checkpoints, savepoints included.</summary>
public sealed record CheckpointCounts
{
    /// <summary>Whether one was restored: 0 or 1.</summary>
    [JsonPropertyName("restored")]
    public long Restored { get; init; }

    /// <summary>All.</summary>
    [JsonPropertyName("total")]
    public long Total { get; init; }

    /// <summary>Under way.</summary>
    [JsonPropertyName("in_progress")]
    public long InProgress { get; init; }

    /// <summary>Complete.</summary>
    [JsonPropertyName("completed")]
    public long Completed { get; init; }

    /// <summary>Failed.</summary>
    [JsonPropertyName("failed")]
    public long Failed { get; init; }
}

/// <summary>The figures of the last complete checkpoints.</summary>
public sealed record CheckpointSummary
{
    /// <summary>Bytes written.</summary>
    [JsonPropertyName("checkpointed_size")]
    public FigureSummary CheckpointedSize { get; init; } = new();

    /// <summary>Bytes of the whole state.</summary>
    [JsonPropertyName("state_size")]
    public FigureSummary StateSize { get; init; } = new();

    /// <summary>Milliseconds.</summary>
    [JsonPropertyName("end_to_end_duration")]
    public FigureSummary EndToEndDuration { get; init; } = new();

    /// <summary>Always 0: alignment keeps rows in their channels.</summary>
    [JsonPropertyName("alignment_buffered")]
    public FigureSummary AlignmentBuffered { get; init; } = new();

    /// <summary>Not measured.</summary>
    [JsonPropertyName("processed_data")]
    public FigureSummary ProcessedData { get; init; } = new();

    /// <summary>Always 0: channels are never stored.</summary>
    [JsonPropertyName("persisted_data")]
    public FigureSummary PersistedData { get; init; } = new();
}

/// <summary>A figure over several checkpoints. Percentiles that are not known are NaN.</summary>
public sealed record FigureSummary
{
    /// <summary>The minimum.</summary>
    [JsonPropertyName("min")]
    public long Min { get; init; }

    /// <summary>The maximum.</summary>
    [JsonPropertyName("max")]
    public long Max { get; init; }

    /// <summary>The average.</summary>
    [JsonPropertyName("avg")]
    public long Average { get; init; }

    /// <summary>The median.</summary>
    [JsonPropertyName("p50")]
    public double P50 { get; init; } = double.NaN;

    /// <summary>The 90th percentile.</summary>
    [JsonPropertyName("p90")]
    public double P90 { get; init; } = double.NaN;

    /// <summary>The 95th percentile.</summary>
    [JsonPropertyName("p95")]
    public double P95 { get; init; } = double.NaN;

    /// <summary>The 99th percentile.</summary>
    [JsonPropertyName("p99")]
    public double P99 { get; init; } = double.NaN;

    /// <summary>The 99.9th percentile.</summary>
    [JsonPropertyName("p999")]
    public double P999 { get; init; } = double.NaN;
}

/// <summary>The last checkpoint of each kind; null: there is none.</summary>
public sealed record LatestCheckpoints
{
    /// <summary>The last complete checkpoint.</summary>
    [JsonPropertyName("completed")]
    public CheckpointDetails? Completed { get; init; }

    /// <summary>The last complete savepoint.</summary>
    [JsonPropertyName("savepoint")]
    public CheckpointDetails? Savepoint { get; init; }

    /// <summary>The last one that failed.</summary>
    [JsonPropertyName("failed")]
    public CheckpointDetails? Failed { get; init; }

    /// <summary>The one that the job was restored from.</summary>
    [JsonPropertyName("restored")]
    public RestoredCheckpointDetails? Restored { get; init; }
}

/// <summary>A checkpoint that was restored.</summary>
public sealed record RestoredCheckpointDetails
{
    /// <summary>Its id; -1: not known.</summary>
    [JsonPropertyName("id")]
    public long Id { get; init; } = -1;

    /// <summary>When, in milliseconds since the epoch; -1: not known.</summary>
    [JsonPropertyName("restore_timestamp")]
    public long RestoreTimestamp { get; init; } = -1;

    /// <summary>Whether it is a savepoint.</summary>
    [JsonPropertyName("is_savepoint")]
    public bool IsSavepoint { get; init; }

    /// <summary>Its path.</summary>
    [JsonPropertyName("external_path")]
    public string ExternalPath { get; init; } = "";
}

/// <summary>A checkpoint.</summary>
public sealed record CheckpointDetails
{
    /// <summary>in_progress, completed or failed.</summary>
    [JsonPropertyName("className")]
    public string ClassName { get; init; } = "";

    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public long Id { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED or FAILED.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";

    /// <summary>Whether it is a savepoint.</summary>
    [JsonPropertyName("is_savepoint")]
    public bool IsSavepoint { get; init; }

    /// <summary>CANONICAL for a savepoint; else null.</summary>
    [JsonPropertyName("savepointFormat")]
    public string? SavepointFormat { get; init; }

    /// <summary>When it was triggered, in milliseconds since the epoch.</summary>
    [JsonPropertyName("trigger_timestamp")]
    public long TriggerTimestamp { get; init; }

    /// <summary>When it ended; -1 before.</summary>
    [JsonPropertyName("latest_ack_timestamp")]
    public long LatestAckTimestamp { get; init; }

    /// <summary>Bytes written for it.</summary>
    [JsonPropertyName("checkpointed_size")]
    public long CheckpointedSize { get; init; }

    /// <summary>Bytes of the whole state.</summary>
    [JsonPropertyName("state_size")]
    public long StateSize { get; init; }

    /// <summary>Milliseconds; -1 while it is under way.</summary>
    [JsonPropertyName("end_to_end_duration")]
    public long EndToEndDuration { get; init; }

    /// <summary>Always 0.</summary>
    [JsonPropertyName("alignment_buffered")]
    public long AlignmentBuffered { get; init; }

    /// <summary>Not measured.</summary>
    [JsonPropertyName("processed_data")]
    public long ProcessedData { get; init; }

    /// <summary>Always 0.</summary>
    [JsonPropertyName("persisted_data")]
    public long PersistedData { get; init; }

    /// <summary>The number of tasks.</summary>
    [JsonPropertyName("num_subtasks")]
    public int Subtasks { get; init; }

    /// <summary>The number of tasks that have acknowledged it.</summary>
    [JsonPropertyName("num_acknowledged_subtasks")]
    public int AcknowledgedSubtasks { get; init; }

    /// <summary>CHECKPOINT or SAVEPOINT.</summary>
    [JsonPropertyName("checkpoint_type")]
    public string CheckpointType { get; init; } = "";

    /// <summary>By vertex; in lists always empty, as Flink's.</summary>
    [JsonPropertyName("tasks")]
    public IReadOnlyDictionary<string, VertexCheckpoint> Tasks { get; init; } = new Dictionary<string, VertexCheckpoint>();

    /// <summary>Its path; left out before it is complete.</summary>
    [JsonPropertyName("external_path")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExternalPath { get; init; }

    /// <summary>Whether it was deleted; left out before it is complete.</summary>
    [JsonPropertyName("discarded")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Discarded { get; init; }

    /// <summary>When it failed; left out if it has not.</summary>
    [JsonPropertyName("failure_timestamp")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FailureTimestamp { get; init; }

    /// <summary>Why it failed; left out if it has not.</summary>
    [JsonPropertyName("failure_message")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailureMessage { get; init; }
}
