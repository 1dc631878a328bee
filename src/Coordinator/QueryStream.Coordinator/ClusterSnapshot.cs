namespace QueryStream.Coordinator;

/// <summary>The cluster at one moment.</summary>
/// <param name="Workers">The registered workers, in order of their names.</param>
public sealed record ClusterSnapshot(IReadOnlyList<WorkerSnapshot> Workers)
{
    /// <summary>How many slots are free.</summary>
    public int FreeSlots => Workers.Sum(worker => worker.Slots.Count(slot => slot.IsFree));

    /// <summary>How many slots there are.</summary>
    public int TotalSlots => Workers.Sum(worker => worker.Slots.Count);
}
