using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>A worker that runs tasks of a job.</summary>
/// <param name="slot">One of its slots.</param>
internal sealed class AssignedWorker(AllocatedSlot slot)
{
    public WorkerId Id => slot.Slot.Worker;

    public ILink<WorkerMessage> Link => slot.Link;

    /// <summary>Where other workers reach it; null: only tasks of its own process do.</summary>
    public WorkerAddress? Address => slot.Address;

    /// <summary>Whether it has deployed all of the job's tasks that are placed on it.</summary>
    public bool IsDeployed { get; set; }
}
