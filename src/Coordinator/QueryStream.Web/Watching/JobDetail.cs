using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Web.Watching;

/// <summary>A job as its page shows it, until the next sample. Immutable.</summary>
/// <param name="Job">The job in the list.</param>
/// <param name="Submission">What was submitted.</param>
/// <param name="Metrics">Its metrics.</param>
/// <param name="Checkpoints">Its checkpoints.</param>
public sealed record JobDetail(JobSample Job, JobSubmission Submission, JobMetrics Metrics, CheckpointStatistics Checkpoints)
{
    /// <summary>When the sample was taken.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Its graph; null before it is built.</summary>
    public JobGraph? Graph { get; init; }

    /// <summary>The parallelism of operators for which the job sets none.</summary>
    public int Parallelism { get; init; }

    /// <summary>The one that is wanted.</summary>
    public int WantedParallelism { get; init; }

    /// <summary>Its vertices, in the order of the graph.</summary>
    public IReadOnlyList<VertexSample> Vertices { get; init; } = [];

    /// <summary>What has happened to it, the newest first.</summary>
    public IReadOnlyList<JobEvent> Events { get; init; } = [];

    /// <summary>Why it has failed; null: it has not.</summary>
    public QueryStreamException? Failure { get; init; }

    /// <summary>The failure after which it was restarted last; null: it never was.</summary>
    public QueryStreamException? RestartCause { get; init; }

    /// <summary>When it has changed to each status, the last time.</summary>
    public IReadOnlyDictionary<JobStatus, DateTimeOffset> Reached { get; init; } = new Dictionary<JobStatus, DateTimeOffset>();

    /// <summary>Records that it has read a second, once a second, the oldest first.</summary>
    public IReadOnlyList<double> Reads { get; init; } = [];

    /// <summary>Rows a second that external systems have acknowledged, once a second, the oldest first.</summary>
    public IReadOnlyList<double> Writes { get; init; } = [];

    /// <summary>The recoveries, the newest first.</summary>
    public IEnumerable<JobEvent> Recoveries => Events.Where(happened => happened.Recovery is not null);
}

/// <summary>A vertex of a job.</summary>
/// <param name="Vertex">The vertex.</param>
/// <param name="State">The state of all subtasks together.</param>
/// <param name="Tasks">Its subtasks.</param>
public sealed record VertexSample(JobVertex Vertex, ExecutionState State, IReadOnlyList<TaskInfo> Tasks)
{
    /// <summary>Its id.</summary>
    public VertexId Id => Vertex.Id;

    /// <summary>Records that its sources have read.</summary>
    public long RecordsRead { get; init; }

    /// <summary>Rows that it has received from other vertices.</summary>
    public long RowsIn { get; init; }

    /// <summary>Rows that external systems have acknowledged to it.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Records that it reads a second; null: not known.</summary>
    public double? ReadRate { get; init; }

    /// <summary>Rows that it receives a second; null: not known.</summary>
    public double? InRate { get; init; }

    /// <summary>Rows a second that external systems acknowledge to it; null: not known.</summary>
    public double? WriteRate { get; init; }

    /// <summary>Its last states.</summary>
    public IReadOnlyList<StateSpan> States { get; init; } = [];

    /// <summary>Its tasks by state.</summary>
    public IEnumerable<(ExecutionState State, int Tasks)> Counts => TaskCounts.Of(Tasks);
}
