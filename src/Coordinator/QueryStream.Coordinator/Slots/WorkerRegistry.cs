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

    /// <summary>Allocates slots to a job.</summary>
    /// <exception cref="NotEnoughSlotsException">Too few are free; the job gets none.</exception>
    public IReadOnlyList<AllocatedSlot> Allocate(JobId job, int needed)
    {
        IReadOnlyList<SlotId>? chosen = SlotSelection.Choose([.. _workers.Select(worker => (worker.Id, worker.Used))], needed);
        if (chosen is null)
        {
            throw new NotEnoughSlotsException(needed, _workers.Sum(worker => worker.Used.Count(used => !used)), _workers.Count);
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

    public void FreeAllOf(JobId job) => _workers.ForEach(worker => worker.FreeAllOf(job));
}

/// <summary>A worker with its connection and its slots.</summary>
/// <param name="id">Its name.</param>
/// <param name="link">The connection. A worker that connects again is a new registration.</param>
/// <param name="slots">How many slots it has.</param>
/// <param name="address">Where other workers reach it; null: only tasks of its own process do.</param>
internal sealed class RegisteredWorker(WorkerId id, ILink<WorkerMessage> link, int slots, WorkerAddress? address)
{
    private readonly JobId?[] _holders = new JobId?[slots];

    public WorkerId Id { get; } = id;

    public ILink<WorkerMessage> Link { get; } = link;

    public WorkerAddress? Address { get; } = address;

    /// <summary>The job that holds each slot; null where it is free.</summary>
    public IReadOnlyList<JobId?> Holders => _holders;

    public bool[] Used => Array.ConvertAll(_holders, holder => holder is not null);

    public void Allocate(int slot, JobId job) => _holders[slot] = job;

    public void FreeAllOf(JobId job)
    {
        for (int slot = 0; slot < _holders.Length; slot++)
        {
            if (_holders[slot] == job)
            {
                _holders[slot] = null;
            }
        }
    }
}

/// <summary>A slot that a job may use until it has ended.</summary>
/// <param name="Slot">Its identity.</param>
/// <param name="Link">The connection to its worker.</param>
/// <param name="Address">Where other workers reach its worker; null: only tasks of its own process do.</param>
internal readonly record struct AllocatedSlot(SlotId Slot, ILink<WorkerMessage> Link, WorkerAddress? Address);
