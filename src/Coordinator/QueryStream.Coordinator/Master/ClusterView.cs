using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Master;

/// <summary>Workers and jobs as the cluster's master has last published them. Immutable, so that any thread may read it.</summary>
/// <param name="Workers">The workers, each with the holders of its slots.</param>
/// <param name="Jobs">The jobs that have not ended, which publish more by themselves.</param>
internal sealed record ClusterView(IReadOnlyList<(WorkerId Worker, IReadOnlyList<JobId?> Holders)> Workers, IReadOnlyList<JobHandle> Jobs)
{
    public static readonly ClusterView Empty = new([], []);

    /// <summary>Joins what the cluster's master knows of slots with what the jobs' masters know of tasks.</summary>
    public ClusterSnapshot ToSnapshot()
    {
        ILookup<SlotId?, TaskSnapshot> tasks = Jobs
            .SelectMany(job => job.Tasks)
            .Where(task => task.Slot is not null && !Coordinator.Jobs.TaskLifeCycle.IsTerminal(task.State))
            .ToLookup(task => task.Slot);
        return new ClusterSnapshot([.. Workers.Select(worker => new WorkerSnapshot(worker.Worker, [.. worker.Holders.Select((holder, index) =>
        {
            SlotId slot = new(worker.Worker, index);
            return new SlotSnapshot(slot, holder, holder is null ? [] : [.. tasks[slot]]);
        })]))]);
    }
}
