using System.Collections.Immutable;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator;

/// <summary>The cluster at one moment.</summary>
/// <param name="Workers">The registered workers, sorted by name.</param>
public sealed record ClusterOverview(IReadOnlyList<WorkerInfo> Workers)
{
    /// <summary>The number of free slots.</summary>
    public int FreeSlots => Workers.Sum(worker => worker.Slots.Count(slot => slot.IsFree));

    /// <summary>The total number of slots.</summary>
    public int TotalSlots => Workers.Sum(worker => worker.Slots.Count);

    /// <summary>The jobs that have not ended, in the order of their submission.</summary>
    public IReadOnlyList<JobHandle> Jobs { get; init; } = [];

    /// <summary>The jobs that have ended last, at most <see cref="MaxEndedJobs"/>, the newest first; without those that were refused.</summary>
    public IReadOnlyList<JobHandle> EndedJobs { get; init; } = [];

    /// <summary>How many jobs have ended since the coordinator started, by status.</summary>
    public IReadOnlyDictionary<JobStatus, long> Ended { get; init; } = new Dictionary<JobStatus, long>();

    /// <summary>What has happened to the cluster, the newest first, at most <see cref="ClusterEvent.MaxKept"/>.</summary>
    public IReadOnlyList<ClusterEvent> Events { get; init; } = [];

    /// <summary>The maximum length of <see cref="EndedJobs"/>.</summary>
    public const int MaxEndedJobs = 50;
}

/// <summary>One worker.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Slots">Its slots, by index.</param>
public sealed record WorkerInfo(WorkerId Worker, IReadOnlyList<SlotInfo> Slots)
{
    /// <summary>Where other workers reach it; null: only tasks of its own process do.</summary>
    public WorkerAddress? Address { get; init; }

    /// <summary>Where it serves HTTP, as it says itself; null: nowhere.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>When it has registered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>What its process uses, as it has last reported; null: it has not.</summary>
    public ProcessSample? Process { get; init; }

    /// <summary>When it has reported that; null: never.</summary>
    public DateTimeOffset? ReportedAt { get; init; }
}

/// <summary>One slot.</summary>
/// <param name="Slot">Its identity.</param>
/// <param name="Job">The job that holds it; null where it is free.</param>
/// <param name="Tasks">The tasks in it that have not ended.</param>
public sealed record SlotInfo(SlotId Slot, JobId? Job, IReadOnlyList<TaskInfo> Tasks)
{
    /// <summary>Whether no job holds it.</summary>
    public bool IsFree => Job is null;
}

/// <summary>One task.</summary>
/// <param name="Task">Its identity.</param>
/// <param name="Name">Its display name: <c>Window (2/4)</c>.</param>
/// <param name="State">Its execution state.</param>
/// <param name="Slot">Its slot; null before it is scheduled.</param>
public sealed record TaskInfo(TaskId Task, string Name, ExecutionState State, SlotId? Slot)
{
    /// <summary>The attempt that it belongs to. Those of a job rise; each of its regions has attempts of its own.</summary>
    public Attempt Attempt { get; init; }

    /// <summary>Which of the job's slots it is in, from 0: those of its slot sharing group follow those of the groups before.</summary>
    public int JobSlot { get; init; }

    /// <summary>When it has come to each state.</summary>
    public IReadOnlyDictionary<ExecutionState, DateTimeOffset> Reached { get; init; } = ImmutableDictionary<ExecutionState, DateTimeOffset>.Empty;

    /// <summary>What it has last reported; null before the first report.</summary>
    public TaskFigures? Figures { get; init; }

    /// <summary>When its worker was told to deploy it; null before.</summary>
    public DateTimeOffset? DeployedAt => Reached.TryGetValue(ExecutionState.Deploying, out DateTimeOffset at) ? at : null;

    /// <summary>When it has ended; null before.</summary>
    public DateTimeOffset? EndedAt => TaskLifeCycle.IsTerminal(State) && Reached.TryGetValue(State, out DateTimeOffset at) ? at : null;
}
