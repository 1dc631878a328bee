using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Slots;

/// <summary>How many slots a job needs.</summary>
/// <param name="Wanted">All that it can use.</param>
/// <param name="Least">With fewer it cannot run at all.</param>
/// <param name="TakesFewerAtOnce">Whether it takes fewer than it wants, if these are all that are free, without waiting for more.</param>
internal readonly record struct SlotDemand(int Wanted, int Least, bool TakesFewerAtOnce);

/// <summary>The jobs that wait for slots, in the order of their requests. Used only in turns of the cluster's master.</summary>
internal sealed class SlotRequests
{
    private readonly List<SlotRequest> _requests = [];
    private long _count;

    public IReadOnlyList<SlotRequest> All => _requests;

    /// <summary>Adds a request.</summary>
    /// <param name="job">The job.</param>
    /// <param name="demand">How many slots it needs.</param>
    /// <param name="timers">Starts the timers of the request with this number.</param>
    public void Add(JobId job, SlotDemand demand, Func<long, ITimer[]> timers)
    {
        long number = ++_count;
        _requests.Add(new SlotRequest(job, number, timers(number)) { Demand = demand });
    }

    /// <summary>Removes the request of a job, if it has one.</summary>
    public void Remove(JobId job)
    {
        foreach (SlotRequest request in _requests.FindAll(request => request.Job == job))
        {
            Array.ForEach(request.Timers, timer => timer.Dispose());
            _requests.Remove(request);
        }
    }

    public SlotRequest? Find(JobId job, long number) => _requests.Find(request => request.Job == job && request.Number == number);
}

/// <summary>A job that waits for slots.</summary>
/// <param name="job">The job.</param>
/// <param name="number">Tells its timers from those of earlier requests.</param>
/// <param name="timers">Its timers.</param>
internal sealed class SlotRequest(JobId job, long number, ITimer[] timers)
{
    public JobId Job { get; } = job;

    public long Number { get; } = number;

    public ITimer[] Timers { get; } = timers;

    /// <summary>How many slots it needs.</summary>
    public required SlotDemand Demand { get; set; }
}
