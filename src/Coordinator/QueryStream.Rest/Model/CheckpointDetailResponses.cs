using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary>The part of a vertex in a checkpoint.</summary>
public record VertexCheckpoint
{
    /// <summary>The checkpoint.</summary>
    [JsonPropertyName("id")]
    public long Id { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED or FAILED, as the whole checkpoint.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";

    /// <summary>When the last acknowledgement has come; -1: none has.</summary>
    [JsonPropertyName("latest_ack_timestamp")]
    public long LatestAckTimestamp { get; init; } = -1;

    /// <summary>Bytes written for it.</summary>
    [JsonPropertyName("checkpointed_size")]
    public long CheckpointedSize { get; init; }

    /// <summary>Bytes of the whole state.</summary>
    [JsonPropertyName("state_size")]
    public long StateSize { get; init; }

    /// <summary>From the trigger to the last acknowledgement, in milliseconds; -1: none has come.</summary>
    [JsonPropertyName("end_to_end_duration")]
    public long EndToEndDuration { get; init; } = -1;

    /// <summary>Always 0: alignment keeps rows in their channels.</summary>
    [JsonPropertyName("alignment_buffered")]
    public long AlignmentBuffered { get; init; }

    /// <summary>Always 0: not measured.</summary>
    [JsonPropertyName("processed_data")]
    public long ProcessedData { get; init; }

    /// <summary>Always 0: channels are never stored.</summary>
    [JsonPropertyName("persisted_data")]
    public long PersistedData { get; init; }

    /// <summary>The number of subtasks.</summary>
    [JsonPropertyName("num_subtasks")]
    public int Subtasks { get; init; }

    /// <summary>The number of subtasks that have acknowledged it.</summary>
    [JsonPropertyName("num_acknowledged_subtasks")]
    public int AcknowledgedSubtasks { get; init; }
}

/// <summary><c>GET .../checkpoints/details/ID/subtasks/ID</c>: the part of a vertex in a checkpoint, by subtask.</summary>
public sealed record VertexCheckpointResponse : VertexCheckpoint
{
    /// <summary>Over the subtasks that have acknowledged it.</summary>
    [JsonPropertyName("summary")]
    public VertexCheckpointSummary Summary { get; init; } = new();

    /// <summary>By subtask.</summary>
    [JsonPropertyName("subtasks")]
    public IReadOnlyList<SubtaskCheckpointDetails> Parts { get; init; } = [];
}

/// <summary>The figures of the subtasks that have acknowledged a checkpoint.</summary>
public sealed record VertexCheckpointSummary
{
    /// <summary>Bytes written.</summary>
    [JsonPropertyName("checkpointed_size")]
    public FigureSummary CheckpointedSize { get; init; } = new();

    /// <summary>Bytes of the state.</summary>
    [JsonPropertyName("state_size")]
    public FigureSummary StateSize { get; init; } = new();

    /// <summary>Milliseconds from the trigger to the acknowledgement.</summary>
    [JsonPropertyName("end_to_end_duration")]
    public FigureSummary EndToEndDuration { get; init; } = new();

    /// <summary>How long the snapshots took.</summary>
    [JsonPropertyName("checkpoint_duration")]
    public SnapshotSummary CheckpointDuration { get; init; } = new();

    /// <summary>How long barriers were aligned.</summary>
    [JsonPropertyName("alignment")]
    public AlignmentSummary Alignment { get; init; } = new();

    /// <summary>Milliseconds from the trigger to the first barrier.</summary>
    [JsonPropertyName("start_delay")]
    public FigureSummary StartDelay { get; init; } = new();
}

/// <summary>How long snapshots took, in milliseconds.</summary>
public sealed record SnapshotSummary
{
    /// <summary>While the task took no input.</summary>
    [JsonPropertyName("sync")]
    public FigureSummary Sync { get; init; } = new();

    /// <summary>While it went on.</summary>
    [JsonPropertyName("async")]
    public FigureSummary Async { get; init; } = new();
}

/// <summary>How barriers were aligned.</summary>
public sealed record AlignmentSummary
{
    /// <summary>Always 0: alignment keeps rows in their channels.</summary>
    [JsonPropertyName("buffered")]
    public FigureSummary Buffered { get; init; } = new();

    /// <summary>Always 0: not measured.</summary>
    [JsonPropertyName("processed")]
    public FigureSummary Processed { get; init; } = new();

    /// <summary>Always 0: channels are never stored.</summary>
    [JsonPropertyName("persisted")]
    public FigureSummary Persisted { get; init; } = new();

    /// <summary>Milliseconds from the first barrier to the last one.</summary>
    [JsonPropertyName("duration")]
    public FigureSummary Duration { get; init; } = new();
}

/// <summary>The part of a subtask in a checkpoint. Of one that has not acknowledged it, only index and status are known.</summary>
public sealed record SubtaskCheckpointDetails
{
    /// <summary>completed or pending.</summary>
    [JsonPropertyName("className")]
    public string ClassName { get; init; } = "";

    /// <summary>The index of the subtask.</summary>
    [JsonPropertyName("index")]
    public int Index { get; init; }

    /// <summary>When its acknowledgement has come.</summary>
    [JsonPropertyName("ack_timestamp")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AckTimestamp { get; init; }

    /// <summary>Milliseconds from the trigger until then.</summary>
    [JsonPropertyName("end_to_end_duration")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EndToEndDuration { get; init; }

    /// <summary>Bytes written for it.</summary>
    [JsonPropertyName("checkpointed_size")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CheckpointedSize { get; init; }

    /// <summary>Bytes of its state.</summary>
    [JsonPropertyName("state_size")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StateSize { get; init; }

    /// <summary>How long its snapshot took.</summary>
    [JsonPropertyName("checkpoint")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SnapshotDurations? Checkpoint { get; init; }

    /// <summary>How its barriers were aligned.</summary>
    [JsonPropertyName("alignment")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AlignmentDetails? Alignment { get; init; }

    /// <summary>Milliseconds from the trigger to its first barrier.</summary>
    [JsonPropertyName("start_delay")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartDelay { get; init; }

    /// <summary>False: barriers never overtake rows.</summary>
    [JsonPropertyName("unaligned_checkpoint")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Unaligned { get; init; }

    /// <summary>False: it has acknowledged.</summary>
    [JsonPropertyName("aborted")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Aborted { get; init; }

    /// <summary>completed or pending_or_failed.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init; } = "";
}

/// <summary>How long a snapshot took, in milliseconds.</summary>
/// <param name="Sync">While the task took no input.</param>
/// <param name="Async">While it went on.</param>
public sealed record SnapshotDurations([property: JsonPropertyName("sync")] long Sync, [property: JsonPropertyName("async")] long Async);

/// <summary>How the barriers of a subtask were aligned.</summary>
/// <param name="Duration">Milliseconds from the first barrier to the last one.</param>
public sealed record AlignmentDetails([property: JsonPropertyName("duration")] long Duration)
{
    /// <summary>Always 0: alignment keeps rows in their channels.</summary>
    [JsonPropertyName("buffered")]
    public long Buffered { get; init; }

    /// <summary>Always 0: not measured.</summary>
    [JsonPropertyName("processed")]
    public long Processed { get; init; }

    /// <summary>Always 0: channels are never stored.</summary>
    [JsonPropertyName("persisted")]
    public long Persisted { get; init; }
}

/// <summary><c>GET .../checkpoints/config</c>: how checkpoints of a job are taken. Times in milliseconds.</summary>
public sealed record CheckpointConfigResponse
{
    /// <summary>exactly_once or at_least_once.</summary>
    [JsonPropertyName("mode")]
    public string Mode { get; init; } = "";

    /// <summary>From one trigger to the next; Flink's largest number where none are taken.</summary>
    [JsonPropertyName("interval")]
    public long Interval { get; init; }

    /// <summary>After how long one fails.</summary>
    [JsonPropertyName("timeout")]
    public long Timeout { get; init; }

    /// <summary>From the end of one to the trigger of the next.</summary>
    [JsonPropertyName("min_pause")]
    public long MinPause { get; init; }

    /// <summary>1: they follow each other.</summary>
    [JsonPropertyName("max_concurrent")]
    public int MaxConcurrent { get; init; } = 1;

    /// <summary>Whether they outlast the job.</summary>
    [JsonPropertyName("externalization")]
    public ExternalizationDetails Externalization { get; init; } = new(false, true);

    /// <summary>Where running tasks have their state: in memory.</summary>
    [JsonPropertyName("state_backend")]
    public string StateBackend { get; init; } = "HashMapStateBackend";

    /// <summary>Where checkpoints are stored.</summary>
    [JsonPropertyName("checkpoint_storage")]
    public string Storage { get; init; } = "";

    /// <summary>False: barriers never overtake rows.</summary>
    [JsonPropertyName("unaligned_checkpoints")]
    public bool Unaligned { get; init; }

    /// <summary>How many failures in a row are tolerated; -1: any number while the storage fails.</summary>
    [JsonPropertyName("tolerable_failed_checkpoints")]
    public int TolerableFailures { get; init; }

    /// <summary>0: barriers never overtake rows.</summary>
    [JsonPropertyName("aligned_checkpoint_timeout")]
    public long AlignedTimeout { get; init; }

    /// <summary>True: tasks that have ended are part of later ones.</summary>
    [JsonPropertyName("checkpoints_after_tasks_finish")]
    public bool AfterTasksFinish { get; init; } = true;

    /// <summary>False: there is no log of changes; what has not changed is referred to.</summary>
    [JsonPropertyName("state_changelog_enabled")]
    public bool ChangelogEnabled { get; init; }

    /// <summary>0: there is no log of changes.</summary>
    [JsonPropertyName("changelog_periodic_materialization_interval")]
    public long ChangelogInterval { get; init; }

    /// <summary>Empty: there is no log of changes.</summary>
    [JsonPropertyName("changelog_storage")]
    public string ChangelogStorage { get; init; } = "";
}

/// <summary>Whether checkpoints outlast their job.</summary>
/// <param name="Enabled">Whether they may.</param>
/// <param name="DeleteOnCancellation">Whether they are deleted when the job is cancelled.</param>
public sealed record ExternalizationDetails(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("delete_on_cancellation")] bool DeleteOnCancellation);
