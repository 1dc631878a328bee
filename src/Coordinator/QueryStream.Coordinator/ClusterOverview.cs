using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator;

/// <summary>The cluster at one moment.</summary>
/// <param name="Workers">The registered workers, sorted by name.</param>
public sealed record ClusterOverview(IReadOnlyList<WorkerInfo> Workers)
{
    /// <summary>The number of free slots.</summary>
    public int FreeSlots => Workers.Sum(worker => worker.Slots.Count(slot => slot.IsFree));

    /// <summary>The total number of slots.</summary>
    public int TotalSlots => Workers.Sum(worker => worker.Slots.Count);
}

/// <summary>One worker.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Slots">Its slots, by index.</param>
public sealed record WorkerInfo(WorkerId Worker, IReadOnlyList<SlotInfo> Slots);

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
}
