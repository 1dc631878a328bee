using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary>What has passed a subtask, or all subtasks of a vertex, since their attempts began. A part is complete if all have reported it.</summary>
public sealed record IoMetrics
{
    /// <summary>Bytes of <see cref="ReadRecords"/>: of records as they were stored, of rows as they are in memory.</summary>
    [JsonPropertyName("read-bytes")]
    public long ReadBytes { get; init; }

    /// <summary>Whether all subtasks have reported.</summary>
    [JsonPropertyName("read-bytes-complete")]
    public bool ReadBytesComplete { get; init; }

    /// <summary>Bytes of rows to other vertices, as they are in memory.</summary>
    [JsonPropertyName("write-bytes")]
    public long WriteBytes { get; init; }

    /// <summary>Whether all subtasks have reported.</summary>
    [JsonPropertyName("write-bytes-complete")]
    public bool WriteBytesComplete { get; init; }

    /// <summary>Rows from other vertices and, which Flink does not count, records that sources have read.</summary>
    [JsonPropertyName("read-records")]
    public long ReadRecords { get; init; }

    /// <summary>Whether all subtasks have reported.</summary>
    [JsonPropertyName("read-records-complete")]
    public bool ReadRecordsComplete { get; init; }

    /// <summary>Rows to other vertices and, which Flink does not count, rows that external systems have acknowledged.</summary>
    [JsonPropertyName("write-records")]
    public long WriteRecords { get; init; }

    /// <summary>Whether all subtasks have reported.</summary>
    [JsonPropertyName("write-records-complete")]
    public bool WriteRecordsComplete { get; init; }

    /// <summary>How long they took no input, since what follows was full, in milliseconds.</summary>
    [JsonPropertyName("accumulated-backpressured-time")]
    public long AccumulatedBackpressuredTime { get; init; }

    /// <summary>How long they had no input, in milliseconds.</summary>
    [JsonPropertyName("accumulated-idle-time")]
    public long AccumulatedIdleTime { get; init; }

    /// <summary>How long they worked, in milliseconds.</summary>
    [JsonPropertyName("accumulated-busy-time")]
    public double AccumulatedBusyTime { get; init; }
}
