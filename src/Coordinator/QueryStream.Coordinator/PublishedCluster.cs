using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>The workers and jobs, as the cluster's master has last published them. Immutable, so readable on any thread.</summary>
/// <param name="Workers">The workers, each with the jobs that hold its slots.</param>
/// <param name="Jobs">The jobs that have not ended; each publishes its tasks itself.</param>
internal sealed record PublishedCluster(IReadOnlyList<(WorkerId Worker, IReadOnlyList<JobId?> Holders)> Workers, IReadOnlyList<JobHandle> Jobs)
{
    public static readonly PublishedCluster Empty = new([], []);

    /// <summary>Joins the slots known to the cluster's master with the tasks known to the jobs' masters.</summary>
    public ClusterOverview ToOverview()
    {
        ILookup<SlotId?, TaskInfo> tasks = Jobs
            .SelectMany(job => job.Tasks)
            .Where(task => task.Slot is not null && !TaskLifeCycle.IsTerminal(task.State))
            .ToLookup(task => task.Slot);
        return new ClusterOverview([.. Workers.Select(worker => new WorkerInfo(worker.Worker, [.. worker.Holders.Select((holder, index) =>
        {
            SlotId slot = new(worker.Worker, index);
            return new SlotInfo(slot, holder, holder is null ? [] : [.. tasks[slot]]);
        })]))]);
    }
}
