using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Slots;

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

    /// <summary>Where it serves HTTP; null: nowhere.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>When it has registered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>What its process uses, as it has last reported; null: it has not.</summary>
    public ProcessSample? Process { get; set; }

    /// <summary>When it has reported that; null: never.</summary>
    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>The job that holds each slot; null where it is free.</summary>
    public IReadOnlyList<JobId?> Holders => _holders;

    /// <summary>Whether it has said that it leaves: it gets no more tasks.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The slots that cannot be allocated.</summary>
    public bool[] Used => Array.ConvertAll(_holders, holder => IsLeaving || holder is not null);

    public bool Has(SlotId slot) => slot.Worker == Id && slot.Index >= 0 && slot.Index < _holders.Length;

    public void Allocate(int slot, JobId job) => _holders[slot] = job;

    public void Free(int slot) => _holders[slot] = null;

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
