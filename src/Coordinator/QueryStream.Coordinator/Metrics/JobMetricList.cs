using QueryStream.Coordinator.Checkpoints;
using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator.Metrics;

/// <summary>The metrics of a job, by Flink's names. What is not known yet is left out. Pure.</summary>
public static class JobMetricList
{
    private static readonly (JobStatus Status, string Name)[] StatusTimes =
    [
        (JobStatus.Initializing, "initializingTime"),
        (JobStatus.Created, "createdTime"),
        (JobStatus.Running, "runningTime"),
        (JobStatus.Restarting, "restartingTime"),
        (JobStatus.Cancelling, "cancellingTime"),
        (JobStatus.Failing, "failingTime"),
    ];

    /// <summary>The metrics of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<Metric> Of(JobHandle job, DateTimeOffset now)
    {
        CheckpointStatistics checkpoints = job.Checkpoints;
        int inProgress = checkpoints.InProgress is null ? 0 : 1;
        yield return Metric.Of("numRestarts", job.Restarts);
        yield return Metric.Of("fullRestarts", job.Restarts);
        yield return Metric.Of("numberOfCompletedCheckpoints", checkpoints.Completed);
        yield return Metric.Of("numberOfFailedCheckpoints", checkpoints.Failed);
        yield return Metric.Of("numberOfInProgressCheckpoints", inProgress);
        yield return Metric.Of("totalNumberOfCheckpoints", checkpoints.Completed + checkpoints.Failed + inProgress);
        if (checkpoints.LastCompleted is { } last)
        {
            yield return Metric.Of("lastCheckpointDuration", (long)last.Duration.TotalMilliseconds);
            yield return Metric.Of("lastCheckpointSize", last.WrittenBytes);
            yield return Metric.Of("lastCheckpointFullSize", last.StateBytes);
            yield return Metric.Of("lastCompletedCheckpointId", last.Id.Number);
            yield return Metric.Of("lastCheckpointExternalPath", last.Path ?? "");
        }

        // While the job is in a state, its time is how long it has been in it; otherwise 0, as Flink's are.
        foreach ((JobStatus status, string name) in StatusTimes)
        {
            yield return Metric.Of(name, job.Status == status ? SinceOf(job, status, now) : 0L);
        }

        long otherwise = JobLifeCycle.IsTerminal(job.Status) ? -1 : 0;
        yield return Metric.Of("uptime", job.Status == JobStatus.Running ? SinceOf(job, JobStatus.Running, now) : otherwise);
        yield return Metric.Of("downtime", job.Status == JobStatus.Restarting ? SinceOf(job, JobStatus.Restarting, now) : otherwise);
        JobMetrics metrics = job.Metrics();
        yield return Metric.Of("numRecordsRead", metrics.RecordsRead);
        yield return Metric.Of("numRecordsAcknowledged", metrics.Acknowledged);
        yield return Metric.Of("numLateRecordsDropped", metrics.LateDropped);
        yield return Metric.Of("numRecordsDeadLettered", metrics.DeadLetters.Values.Sum());
        if (LastRecoveryOf(job) is { } recovery)
        {
            yield return Metric.Of("lastRecoveryDuration", (long)recovery.Total!.Value.TotalMilliseconds);
        }

        foreach ((string phase, Metric metric) in RecoveryPhasesOf(job))
        {
            yield return metric with { Id = $"{metric.Id}.{phase}" };
        }
    }

    /// <summary>How long each phase of the last recovery has taken, by the name of the phase.</summary>
    /// <param name="job">The job.</param>
    public static IEnumerable<(string Phase, Metric Metric)> RecoveryPhasesOf(JobHandle job) => LastRecoveryOf(job) is not { } recovery ? [] :
        recovery.Phases.Select(reached => (
            JobRecovery.NameOf(reached.Phase), Metric.Of(MetricCatalog.RecoveryPhase.Id, (long)reached.Duration.TotalMilliseconds)));

    // The last after which all tasks ran again.
    private static JobRecovery? LastRecoveryOf(JobHandle job) =>
        job.Events.Select(happened => happened.Recovery).FirstOrDefault(recovery => recovery?.Total is not null);

    private static long SinceOf(JobHandle job, JobStatus status, DateTimeOffset now) =>
        job.Reached.TryGetValue(status, out DateTimeOffset since) ? Math.Max(0, (long)(now - since).TotalMilliseconds) : 0;
}
