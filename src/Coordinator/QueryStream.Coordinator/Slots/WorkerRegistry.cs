using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Slots;

/// <summary>The workers that are connected, and who holds their slots. Used in turns of the cluster master.</summary>
internal sealed class WorkerRegistry
{
    // In order of their names, so that the same cluster places the same job alike.
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

    /// <summary>Gives a job its slots.</summary>
    /// <exception cref="NotEnoughSlotsException">Too few are free; then it gets none.</exception>
    public IReadOnlyList<GrantedSlot> Allocate(JobId job, int needed)
    {
        IReadOnlyList<SlotId>? chosen = SlotSpread.Choose([.. _workers.Select(worker => (worker.Id, worker.Used))], needed);
        if (chosen is null)
        {
            throw new NotEnoughSlotsException(needed, _workers.Sum(worker => worker.Used.Count(used => !used)), _workers.Count);
        }

        List<GrantedSlot> granted = [];
        foreach (SlotId slot in chosen)
        {
            RegisteredWorker worker = Find(slot.Worker)!;
            worker.Take(slot.Index, job);
            granted.Add(new GrantedSlot(slot, worker.Link));
        }

        return granted;
    }

    public void FreeAllOf(JobId job) => _workers.ForEach(worker => worker.FreeAllOf(job));
}
