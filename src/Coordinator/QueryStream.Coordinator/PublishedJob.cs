using System.Collections.Immutable;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator;

/// <summary>A job as its master has last published it. Immutable, so any thread may read it.</summary>
/// <param name="Name">The job's name; the name of its type until the graph is built.</param>
/// <param name="Status">Its status.</param>
/// <param name="Tasks">Its tasks, by vertex and subtask.</param>
/// <param name="Metrics">Their metrics, without <see cref="JobMetrics.RunningFor"/>, which the reader computes.</param>
internal sealed record PublishedJob(string Name, JobStatus Status, IReadOnlyList<TaskInfo> Tasks, JobMetrics Metrics)
{
    /// <summary>Its graph; null before it is built.</summary>
    public JobGraph? Graph { get; init; }

    /// <summary>The parallelism of operators for which the job sets none, at the moment.</summary>
    public required int Parallelism { get; init; }

    /// <summary>The one that it was submitted with, or that somebody has asked for since.</summary>
    public required int WantedParallelism { get; init; }

    /// <summary>When it has changed to each status, the last time.</summary>
    public ImmutableDictionary<JobStatus, DateTimeOffset> Reached { get; init; } = ImmutableDictionary<JobStatus, DateTimeOffset>.Empty;

    /// <summary>Why it has failed; null if it has not.</summary>
    public QueryStreamException? Failure { get; init; }

    /// <summary>Why it waits for slots; null: it does not.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Its checkpoints.</summary>
    public CheckpointStatistics Checkpoints { get; init; } = new();

    /// <summary>How often it was restarted.</summary>
    public int Restarts { get; init; }

    /// <summary>The failure after which it was restarted last; null: it never was.</summary>
    public QueryStreamException? RestartCause { get; init; }

    /// <summary>Its failures, the newest first.</summary>
    public ImmutableList<JobFailure> Failures { get; init; } = [];

    /// <summary>The tasks of its former attempts, the newest first.</summary>
    public IReadOnlyList<TaskInfo> FormerTasks { get; init; } = [];

    /// <summary>What has happened to it, the newest first.</summary>
    public ImmutableList<JobEvent> Events { get; init; } = [];

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the first task ran; null before.</summary>
    public long? RunningSince { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the job ended; null before.</summary>
    public long? EndedAt { get; init; }
}
