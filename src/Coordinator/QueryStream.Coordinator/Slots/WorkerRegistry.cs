using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Slots;

/// <summary>The connected workers and the jobs that hold their slots. Used only in turns of the cluster's master.</summary>
internal sealed class WorkerRegistry
{
    // Sorted by name, so that equal clusters place equal jobs alike.
    private readonly List<RegisteredWorker> _workers = [];

    public IReadOnlyList<RegisteredWorker> Workers => _workers;

    public RegisteredWorker? Find(WorkerId id) => _workers.Find(worker => worker.Id == id);

    public RegisteredWorker? Find(ILink<WorkerMessage> link) => _workers.Find(worker => worker.Link == link);

    public void Add(RegisteredWorker worker)
    {
        int index = _workers.FindIndex(other => string.CompareOrdinal(other.Id.Name, worker.Id.Name) > 0);
        _workers.Insert(index < 0 ? _workers.Count : index, worker);
    }

    public void Remove(RegisteredWorker worker) => _workers.Remove(worker);

    /// <summary>How many slots can be allocated.</summary>
    public int FreeSlots => _workers.Sum(worker => worker.Used.Count(used => !used));

    /// <summary>Allocates slots to a job.</summary>
    /// <returns>Null if too few are free: the job gets none.</returns>
    public IReadOnlyList<AllocatedSlot>? Allocate(JobId job, SlotDemand demand)
    {
        int needed = demand.TakesFewerAtOnce ? Math.Clamp(FreeSlots, demand.Least, demand.Wanted) : demand.Wanted;
        IReadOnlyList<SlotId>? chosen = SlotSelection.Choose([.. _workers.Select(worker => (worker.Id, worker.Used))], needed);
        if (chosen is null)
        {
            return null;
        }

        List<AllocatedSlot> allocated = [];
        foreach (SlotId slot in chosen)
        {
            RegisteredWorker worker = Find(slot.Worker)!;
            worker.Allocate(slot.Index, job);
            allocated.Add(new AllocatedSlot(slot, worker.Link, worker.Address));
        }

        return allocated;
    }

    /// <summary>How many slots a job holds.</summary>
    public int HeldBy(JobId job) => _workers.Sum(worker => worker.Holders.Count(holder => holder == job));

    /// <summary>Says that too few slots are free.</summary>
    public NotEnoughSlotsException TooFew(int needed) =>
        new(needed, FreeSlots, _workers.Count);

    public void FreeAllOf(JobId job) => _workers.ForEach(worker => worker.FreeAllOf(job));
}
