using System.Collections.Immutable;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator;

/// <summary>The workers and jobs, as the cluster's master has last published them. Immutable, so readable on any thread.</summary>
/// <param name="Workers">The workers, each with the jobs that hold its slots.</param>
/// <param name="Jobs">The jobs that have not ended; each publishes its tasks itself.</param>
internal sealed record PublishedCluster(IReadOnlyList<PublishedWorker> Workers, IReadOnlyList<JobHandle> Jobs)
{
    /// <summary>The jobs that have ended last, the newest first.</summary>
    public IReadOnlyList<JobHandle> EndedJobs { get; init; } = [];

    /// <summary>What has happened to the cluster, the newest first.</summary>
    public ImmutableList<ClusterEvent> Events { get; init; } = [];

    /// <summary>How many jobs have ended, by status.</summary>
    public ImmutableSortedDictionary<JobStatus, long> Ended { get; init; } = ImmutableSortedDictionary<JobStatus, long>.Empty;

    public static readonly PublishedCluster Empty = new([], []);

    /// <summary>Joins the slots known to the cluster's master with the tasks known to the jobs' masters.</summary>
    public ClusterOverview ToOverview()
    {
        ILookup<SlotId?, TaskInfo> tasks = Jobs
            .SelectMany(job => job.Tasks)
            .Where(task => task.Slot is not null && !TaskLifeCycle.IsTerminal(task.State))
            .ToLookup(task => task.Slot);
        return new ClusterOverview([.. Workers.Select(worker => new WorkerInfo(worker.Id, [.. worker.Holders.Select((holder, index) =>
        {
            SlotId slot = new(worker.Id, index);
            return new SlotInfo(slot, holder, holder is null ? [] : [.. tasks[slot]]);
        })])
        {
            Address = worker.Address,
            HttpAddress = worker.HttpAddress,
            RegisteredAt = worker.RegisteredAt,
            Process = worker.Process?.Sample,
            ReportedAt = worker.Process?.At,
        })])
        {
            Events = Events,
            Jobs = Jobs,
            EndedJobs = EndedJobs,
            Ended = Ended,
        };
    }

    /// <summary>A job that has not ended, or one of the last that have; null: there is none.</summary>
    public JobHandle? Find(JobId id) => Jobs.Concat(EndedJobs).FirstOrDefault(job => job.Id == id);
}

/// <summary>A worker as the cluster's master has last published it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Address">Where other workers reach it; null: only tasks of its own process do.</param>
/// <param name="Holders">The job that holds each slot; null where it is free.</param>
internal sealed record PublishedWorker(WorkerId Id, WorkerAddress? Address, IReadOnlyList<JobId?> Holders)
{
    /// <summary>Where it serves HTTP; null: nowhere.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>When it has registered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>What its process uses, and when it has reported that; null: it has not.</summary>
    public (ProcessSample Sample, DateTimeOffset At)? Process { get; init; }
}
