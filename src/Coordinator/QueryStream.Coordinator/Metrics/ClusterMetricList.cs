using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator.Metrics;

/// <summary>The metrics of the leading coordinator, by Flink's names. Pure.</summary>
public static class ClusterMetricList
{
    /// <summary>The metrics.</summary>
    public static IEnumerable<Metric> Of(ClusterOverview cluster) =>
    [
        Metric.Of("numRegisteredTaskManagers", cluster.Workers.Count),
        Metric.Of("numRunningJobs", cluster.Jobs.Count(job => job.Status == JobStatus.Running)),
        Metric.Of("taskSlotsAvailable", cluster.FreeSlots),
        Metric.Of("taskSlotsTotal", cluster.TotalSlots),
    ];
}
