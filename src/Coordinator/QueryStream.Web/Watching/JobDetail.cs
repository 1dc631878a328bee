using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Diagnosis;
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

    /// <summary>Its failures, the newest first.</summary>
    public IReadOnlyList<JobFailure> Failures { get; init; } = [];

    /// <summary>Tasks of former attempts as they ended, the newest first.</summary>
    public IReadOnlyList<TaskInfo> FormerTasks { get; init; } = [];

    /// <summary>When it has changed to each status, the last time.</summary>
    public IReadOnlyDictionary<JobStatus, DateTimeOffset> Reached { get; init; } = new Dictionary<JobStatus, DateTimeOffset>();

    /// <summary>Records that it has read a second, once a second, the oldest first.</summary>
    public IReadOnlyList<double> Reads { get; init; } = [];

    /// <summary>Rows a second that external systems have acknowledged, once a second, the oldest first.</summary>
    public IReadOnlyList<double> Writes { get; init; } = [];

    /// <summary>What its output can be explained with.</summary>
    public DiagnosedJob Condition => new(Job.Status, At)
    {
        Graph = Graph,
        Tasks = [.. Vertices.SelectMany(vertex => vertex.Tasks)],
        Metrics = Metrics,
        Checkpoints = Checkpoints,
        WaitsFor = Job.WaitsFor,
        Failure = (Failure ?? Failures.FirstOrDefault()?.Cause)?.Message,
    };

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

    /// <summary>Whether it reads from outside.</summary>
    public bool IsSource => Vertex.Head.Inputs.Count == 0;

    /// <summary>What its subtasks have reported.</summary>
    public FlowSums Flow { get; } = FlowSums.Of(Tasks);

    /// <summary>The stored bytes of its state in the last checkpoint; null: there is none.</summary>
    public long? StateBytes { get; init; }

    /// <summary>Its tasks by state.</summary>
    public IEnumerable<(ExecutionState State, int Tasks)> Counts => TaskCounts.Of(Tasks);
}
