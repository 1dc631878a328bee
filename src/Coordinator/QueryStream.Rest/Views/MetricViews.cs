using System.Globalization;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Metrics;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Metrics;

namespace QueryStream.Rest.Views;

/// <summary>The metrics of each scope, by Flink's names.</summary>
internal static class MetricViews
{
    public static IEnumerable<Metric> OfSubtask(JobVertex vertex, TaskInfo task) => task.Figures is not { } figures ? [] :
        new TaskMetricList(figures, [.. vertex.Nodes.OrderBy(node => node.Index).Select(node => node.Name)], vertex.Head.Inputs.Count == 0).All();

    /// <summary>Those of all subtasks, each with the index of its subtask in front.</summary>
    public static IEnumerable<Metric> OfVertex(VertexViews vertex) => vertex.Tasks.SelectMany(task =>
        OfSubtask(vertex.Vertex, task).Select(metric => metric with
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{task.Task.Subtask}.{metric.Id}"),
        }));

    public static IEnumerable<Metric> OfProcess(ProcessSample? sample) => sample is null ? [] : ProcessMetricList.Of(sample);

    public static IEnumerable<Metric> OfCoordinator(ClusterOverview cluster, ProcessSample process) =>
    [
        .. ProcessMetricList.Of(process),
        Metric.Of("numRegisteredTaskManagers", cluster.Workers.Count),
        Metric.Of("numRunningJobs", cluster.Jobs.Count(job => job.Status == JobStatus.Running)),
        Metric.Of("taskSlotsAvailable", cluster.FreeSlots),
        Metric.Of("taskSlotsTotal", cluster.TotalSlots),
    ];

    public static IEnumerable<Metric> OfJob(JobHandle job, DateTimeOffset now)
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

        // While the job is in a state, its time is how long it has been; otherwise 0, as Flink's are.
        foreach ((JobStatus status, string name) in StatusTimes)
        {
            yield return Metric.Of(name, job.Status == status ? SinceOf(job, status, now) : 0L);
        }

        yield return Metric.Of("uptime", job.Status == JobStatus.Running ? SinceOf(job, JobStatus.Running, now) : JobLifeEnded(job) ? -1L : 0L);
        yield return Metric.Of("downtime", job.Status == JobStatus.Restarting ? SinceOf(job, JobStatus.Restarting, now) : JobLifeEnded(job) ? -1L : 0L);
        JobMetrics metrics = job.Metrics();
        yield return Metric.Of("numRecordsRead", metrics.RecordsRead);
        yield return Metric.Of("numRecordsAcknowledged", metrics.Acknowledged);
        yield return Metric.Of("numLateRecordsDropped", metrics.LateDropped);
        yield return Metric.Of("numRecordsDeadLettered", metrics.DeadLetters.Values.Sum());
        if (job.Events.Select(happened => happened.Recovery?.Total).FirstOrDefault(total => total is not null) is { } recovery)
        {
            yield return Metric.Of("lastRecoveryDuration", (long)recovery.TotalMilliseconds);
        }
    }

    private static readonly (JobStatus Status, string Name)[] StatusTimes =
    [
        (JobStatus.Initializing, "initializingTime"),
        (JobStatus.Created, "createdTime"),
        (JobStatus.Running, "runningTime"),
        (JobStatus.Restarting, "restartingTime"),
        (JobStatus.Cancelling, "cancellingTime"),
        (JobStatus.Failing, "failingTime"),
    ];

    private static bool JobLifeEnded(JobHandle job) => job.EndedAt is not null;

    private static long SinceOf(JobHandle job, JobStatus status, DateTimeOffset now) =>
        job.Reached.TryGetValue(status, out DateTimeOffset since) ? Math.Max(0, (long)(now - since).TotalMilliseconds) : 0;
}
