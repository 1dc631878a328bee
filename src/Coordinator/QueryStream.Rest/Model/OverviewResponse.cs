using System.Text.Json.Serialization;

namespace QueryStream.Rest.Model;

/// <summary><c>GET /overview</c>: the cluster in numbers.</summary>
public sealed record OverviewResponse
{
    /// <summary>The number of workers.</summary>
    [JsonPropertyName("taskmanagers")]
    public int TaskManagers { get; init; }

    /// <summary>The number of slots.</summary>
    [JsonPropertyName("slots-total")]
    public int SlotsTotal { get; init; }

    /// <summary>The number of free slots.</summary>
    [JsonPropertyName("slots-available")]
    public int SlotsAvailable { get; init; }

    /// <summary>The number of jobs that have not ended.</summary>
    [JsonPropertyName("jobs-running")]
    public int JobsRunning { get; init; }

    /// <summary>The number of finished jobs.</summary>
    [JsonPropertyName("jobs-finished")]
    public long JobsFinished { get; init; }

    /// <summary>The number of cancelled jobs.</summary>
    [JsonPropertyName("jobs-cancelled")]
    public long JobsCancelled { get; init; }

    /// <summary>The number of failed jobs.</summary>
    [JsonPropertyName("jobs-failed")]
    public long JobsFailed { get; init; }

    /// <summary>The version of Flink whose interface this is, and ours.</summary>
    [JsonPropertyName("flink-version")]
    public string FlinkVersion { get; init; } = "";

    /// <summary>Empty: clients of Flink expect it.</summary>
    [JsonPropertyName("flink-commit")]
    public string FlinkCommit { get; init; } = "";
}

/// <summary><c>GET /config</c>: what a web page needs to know.</summary>
public sealed record ConfigResponse
{
    /// <summary>How often a page should ask, in milliseconds.</summary>
    [JsonPropertyName("refresh-interval")]
    public long RefreshInterval { get; init; }

    /// <summary>The time zone of the coordinator.</summary>
    [JsonPropertyName("timezone-name")]
    public string TimeZoneName { get; init; } = "";

    /// <summary>Its offset from UTC, in milliseconds.</summary>
    [JsonPropertyName("timezone-offset")]
    public long TimeZoneOffset { get; init; }

    /// <summary>As in the overview.</summary>
    [JsonPropertyName("flink-version")]
    public string FlinkVersion { get; init; } = "";

    /// <summary>Empty: clients of Flink expect it.</summary>
    [JsonPropertyName("flink-revision")]
    public string FlinkRevision { get; init; } = "";

    /// <summary>What a page may offer.</summary>
    [JsonPropertyName("features")]
    public ConfigFeatures Features { get; init; } = new();
}

/// <summary>What a page may offer.</summary>
public sealed record ConfigFeatures
{
    /// <summary>Uploads of jars: none.</summary>
    [JsonPropertyName("web-submit")]
    public bool WebSubmit { get; init; }

    /// <summary>Cancelling jobs.</summary>
    [JsonPropertyName("web-cancel")]
    public bool WebCancel { get; init; }

    /// <summary>Rescaling jobs.</summary>
    [JsonPropertyName("web-rescale")]
    public bool WebRescale { get; init; }

    /// <summary>Whether it shows ended jobs only.</summary>
    [JsonPropertyName("web-history")]
    public bool WebHistory { get; init; }
}
