namespace QueryStream.Coordinator.Jobs;

/// <summary>A job at one moment, as its master has published it. Immutable, so that any thread may read it.</summary>
/// <param name="Name">The job's name; the type's until the graph is built.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Tasks">Its tasks, by vertex and subtask.</param>
/// <param name="Metrics">What they have counted; the time that it has been running for is left to the reader.</param>
internal sealed record JobSnapshot(string Name, JobStatus Status, IReadOnlyList<TaskSnapshot> Tasks, JobMetrics Metrics)
{
    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the first task ran; null before.</summary>
    public long? RunningSince { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the job ended; null before.</summary>
    public long? EndedAt { get; init; }
}
