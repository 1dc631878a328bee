using QueryStream.Coordinator.Jobs;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Master;

/// <summary>Gives slots to jobs, in the order of their requests where these can be served.</summary>
internal sealed partial class ClusterMaster
{
    private void Allocate(RunningJob job, SlotDemand demand)
    {
        job.AwaitsTasks = false;

        // A restart gives back those that it has: their workers may be lost.
        int held = _registry.HeldBy(job.Handle.Id);
        _registry.FreeAllOf(job.Handle.Id);
        _requests.Remove(job.Handle.Id);
        if (TryAllocate(job, demand, held))
        {
            Publish();
        }
        else if (services.Options.SlotRequestTimeout == TimeSpan.Zero)
        {
            AllocateAtOnce(job, demand);
        }
        else
        {
            job.Master.Tell(new JobMasterMessage.SlotsAwaited(_registry.TooFew(demand.TakesFewerAtOnce ? demand.Least : demand.Wanted)));
            _requests.Add(job.Handle.Id, demand, number => TimersOf(job.Handle.Id, demand, number));
        }

        ServeRequests();
    }

    // The job does not wait, or has waited long enough.
    private void AllocateAtOnce(RunningJob job, SlotDemand demand)
    {
        if (TryAllocate(job, demand with { TakesFewerAtOnce = true }))
        {
            Publish();
        }
        else
        {
            job.Master.Tell(new JobMasterMessage.SlotsUnavailable(_registry.TooFew(demand.Least)));
        }
    }

    // A job is to restart in more slots: nobody else gets them meanwhile.
    private void Hold(RunningJob job, int count)
    {
        int missing = Math.Max(count - _registry.HeldBy(job.Handle.Id), 0);
        IReadOnlyList<AllocatedSlot>? slots = _registry.Allocate(job.Handle.Id, new SlotDemand(missing, missing, TakesFewerAtOnce: false));
        job.Master.Tell(new JobMasterMessage.SlotsHeld(
            slots ?? [], slots is null ? _registry.TooFew(missing) : null));
        Publish();
    }

    // What another job waits for is not for one that runs.
    private void Spread(RunningJob job)
    {
        IReadOnlyList<(SlotId From, SlotId To)> moves = _requests.All.Count > 0 ? [] : SlotSelection.Spread(
            [.. _registry.Workers.Select(worker => (worker.Id, worker.Used, worker.Holders.Select(holder => holder == job.Handle.Id).ToArray()))]);
        List<SpreadSlot> spread = [];
        foreach ((SlotId from, SlotId to) in moves)
        {
            RegisteredWorker worker = _registry.Find(to.Worker)!;
            worker.Allocate(to.Index, job.Handle.Id);
            spread.Add(new SpreadSlot(from, new AllocatedSlot(to, worker.Link, worker.Address)));
        }

        job.Master.Tell(new JobMasterMessage.SlotsSpread(spread));
        Publish();
    }

    private ITimer[] TimersOf(JobId job, SlotDemand demand, long request)
    {
        ITimer timeout = Context.After(services.Options.SlotRequestTimeout, new MasterMessage.SlotRequestTimedOut(job, request));
        return demand.TakesFewerAtOnce || demand.Least == demand.Wanted
            ? [timeout]
            : [timeout, Context.After(services.Options.ResourceStabilizationTimeout, new MasterMessage.FewerSlotsDue(job, request))];
    }

    // A worker that has registered holds tasks. Their slots are not given away before it is known whether their job takes them over.
    private void Offer(RegisteredWorker worker, HeldTasks held)
    {
        SlotId[] slots = [.. held.Tasks.Select(task => task.Placement.Slot).Distinct()];
        if (Find(held.Job) is not RunningJob { AwaitsTasks: true } job || !slots.All(worker.Has))
        {
            // When its connection broke, the worker was declared lost and its tasks failed; or the job has ended.
            worker.Link.Send(new CancelTasks(held.Job, held.Attempt));
            worker.Link.Send(new ReleaseJob(held.Job));
            return;
        }

        foreach (SlotId slot in slots.Where(slot => worker.Holders[slot.Index] is null))
        {
            worker.Allocate(slot.Index, held.Job);
        }

        job.Master.Tell(new JobMasterMessage.TasksHeld(new HeldByWorker(worker.Id, worker.Link, worker.Address, held)));
    }

    private void Adopt(RunningJob job, IReadOnlyList<SlotId> slots)
    {
        job.AwaitsTasks = false;
        _registry.FreeAllOf(job.Handle.Id);
        foreach (SlotId slot in slots)
        {
            // A job learns of workers that are lost or leave only once it runs on them, so of these it is told again.
            if (_registry.Find(slot.Worker) is { } worker)
            {
                worker.Allocate(slot.Index, job.Handle.Id);
                if (worker.IsLeaving)
                {
                    job.Master.Tell(new JobMasterMessage.WorkerLeaves(worker.Id));
                }
            }
            else
            {
                job.Master.Tell(new JobMasterMessage.WorkerLost(slot.Worker));
            }
        }

        Publish();
        ServeRequests();
    }

    private void Free(MasterMessage.ReturnSlots returned)
    {
        foreach (SlotId slot in returned.Slots)
        {
            // The worker may be gone, and another one of its name have other slots.
            if (_registry.Find(slot.Worker) is { } worker && worker.Has(slot) && worker.Holders[slot.Index] == returned.Job)
            {
                worker.Free(slot.Index);
            }
        }

        Publish();
        ServeRequests();
    }

    // Slots have become free. A job that needs more than there are does not hold back one that needs fewer.
    private void ServeRequests()
    {
        bool changed = false;
        foreach (SlotRequest request in _requests.All.ToArray())
        {
            if (Find(request.Job) is RunningJob job && TryAllocate(job, request.Demand))
            {
                _requests.Remove(request.Job);
                changed = true;
            }
        }

        if (changed)
        {
            Publish();
        }

        AnnounceFreeSlots();
    }

    private void AnnounceFreeSlots()
    {
        if (services.Options.Scheduler == Scheduler.Adaptive)
        {
            // What a job waits for is not for those that run already.
            int free = _requests.All.Count == 0 ? _registry.FreeSlots : 0;
            _jobs.ForEach(job => job.Master.Tell(new JobMasterMessage.SlotsFree(free)));
        }
    }

    // What another job waits for is not for one that can do with what it held.
    private bool TryAllocate(RunningJob job, SlotDemand demand, int held = 0)
    {
        if (demand.TakesFewerAtOnce && _requests.All.Any(request => request.Job != job.Handle.Id))
        {
            demand = demand with { Wanted = Math.Clamp(held, demand.Least, demand.Wanted) };
        }

        if (_registry.Allocate(job.Handle.Id, demand) is not { } slots)
        {
            return false;
        }

        job.Master.Tell(new JobMasterMessage.SlotsAllocated(slots));
        return true;
    }
}
