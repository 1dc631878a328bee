using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Web.Watching;

/// <summary>The cluster as all open pages show it, until the next sample. Immutable.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Leads">Whether this process leads. If not, everything else is as it was when it led last.</param>
/// <param name="Overview">Workers and slots.</param>
public sealed record ClusterSample(DateTimeOffset At, bool Leads, ClusterOverview Overview)
{
    /// <summary>The jobs that have not ended, in the order of their submission.</summary>
    public IReadOnlyList<JobSample> Jobs { get; init; } = [];

    /// <summary>The jobs that have ended last, the newest first.</summary>
    public IReadOnlyList<JobSample> EndedJobs { get; init; } = [];

    /// <summary>What has happened to the cluster and its jobs last, the newest first.</summary>
    public IReadOnlyList<RecentEvent> Events { get; init; } = [];

    /// <summary>Records a second that all jobs have read, once a second, the oldest first.</summary>
    public IReadOnlyList<double> Reads { get; init; } = [];

    /// <summary>Rows a second that external systems have acknowledged to all jobs, once a second, the oldest first.</summary>
    public IReadOnlyList<double> Writes { get; init; } = [];

    /// <summary>A job; null: there is none.</summary>
    public JobSample? Find(JobId id) => Jobs.Concat(EndedJobs).FirstOrDefault(job => job.Id == id);
}

/// <summary>A job in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
public sealed record JobSample(JobId Id, string Name, JobStatus Status, DateTimeOffset SubmittedAt)
{
    /// <summary>When it has ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its tasks by state; states without tasks are missing.</summary>
    public IReadOnlyList<(ExecutionState State, int Tasks)> Tasks { get; init; } = [];

    /// <summary>How many tasks it has.</summary>
    public int TaskCount { get; init; }

    /// <summary>Records that it has read.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Rows that external systems have acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Records that it reads a second; null: not known.</summary>
    public double? ReadRate { get; init; }

    /// <summary>Rows a second that external systems acknowledge; null: not known.</summary>
    public double? WriteRate { get; init; }

    /// <summary>Bytes that its sources have read since their attempt began; null: not known.</summary>
    public long? BytesRead { get; init; }

    /// <summary>Bytes that its sources read a second; null: not known.</summary>
    public double? BytesReadRate { get; init; }

    /// <summary>The last checkpoint that is complete; null: none.</summary>
    public CheckpointInfo? LastCheckpoint { get; init; }

    /// <summary>How far its watermark is behind the clock; null: it has none.</summary>
    public TimeSpan? WatermarkLag { get; init; }

    /// <summary>How often it was restarted.</summary>
    public int Restarts { get; init; }

    /// <summary>Why it waits for slots; null: it does not.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>How long it has lasted until a moment.</summary>
    public TimeSpan DurationAt(DateTimeOffset now) => (EndedAt ?? now) - SubmittedAt;
}

/// <summary>Something that has happened.</summary>
/// <param name="At">When.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Title">What, in a few words.</param>
/// <param name="Text">More of it.</param>
/// <param name="Job">The job that it has happened to; null: the cluster.</param>
/// <param name="JobName">Its name.</param>
public sealed record RecentEvent(DateTimeOffset At, EventLevel Level, string Title, string Text, JobId? Job, string JobName);

/// <summary>How bad an event is.</summary>
public enum EventLevel
{
    /// <summary>What is expected.</summary>
    Info,

    /// <summary>What is good news after bad ones.</summary>
    Good,

    /// <summary>What the cluster deals with.</summary>
    Warning,

    /// <summary>What somebody must deal with.</summary>
    Error,
}
