using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Slots;

/// <summary>A worker with its connection and slots. Used in turns of the cluster master.</summary>
/// <param name="id">Its name.</param>
/// <param name="link">The connection; a later one of the same worker is another registration.</param>
/// <param name="slots">How many slots it has.</param>
internal sealed class RegisteredWorker(WorkerId id, ILink<WorkerMessage> link, int slots)
{
    private readonly JobId?[] _holders = new JobId?[slots];

    public WorkerId Id { get; } = id;

    public ILink<WorkerMessage> Link { get; } = link;

    /// <summary>Who holds each slot; null: nobody.</summary>
    public IReadOnlyList<JobId?> Holders => _holders;

    public bool[] Used => Array.ConvertAll(_holders, holder => holder is not null);

    public void Take(int slot, JobId job) => _holders[slot] = job;

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
