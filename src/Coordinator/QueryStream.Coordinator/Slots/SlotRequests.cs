using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Slots;

/// <summary>The jobs that wait for slots, in the order of their requests. Used only in turns of the cluster's master.</summary>
internal sealed class SlotRequests
{
    private readonly List<SlotRequest> _requests = [];
    private long _count;

    public IReadOnlyList<SlotRequest> All => _requests;

    /// <summary>Adds a request.</summary>
    /// <param name="job">The job.</param>
    /// <param name="slots">How many slots it needs.</param>
    /// <param name="timeout">Starts the timer of the request with this number.</param>
    public void Add(JobId job, int slots, Func<long, ITimer> timeout)
    {
        long number = ++_count;
        _requests.Add(new SlotRequest(job, slots, number, timeout(number)));
    }

    /// <summary>Removes the request of a job, if it has one.</summary>
    public void Remove(JobId job)
    {
        foreach (SlotRequest request in _requests.FindAll(request => request.Job == job))
        {
            request.Timeout.Dispose();
            _requests.Remove(request);
        }
    }

    public bool Contains(JobId job, long number) => _requests.Exists(request => request.Job == job && request.Number == number);
}

/// <summary>A job that waits for slots.</summary>
/// <param name="Job">The job.</param>
/// <param name="Slots">How many it needs.</param>
/// <param name="Number">Tells its timer from those of earlier requests.</param>
/// <param name="Timeout">Its timer.</param>
internal sealed record SlotRequest(JobId Job, int Slots, long Number, ITimer Timeout);
