using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>One slot.</summary>
/// <param name="Slot">Which one.</param>
/// <param name="Job">The job that holds it; null where it is free.</param>
/// <param name="Tasks">The tasks in it that have not ended.</param>
public sealed record SlotSnapshot(SlotId Slot, JobId? Job, IReadOnlyList<TaskSnapshot> Tasks)
{
    /// <summary>Whether a job may have it.</summary>
    public bool IsFree => Job is null;
}
