using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Errors;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// With the adaptive scheduler: runs the job at the highest parallelism for which there are slots, up to the one that is wanted. Where too few are
/// left it restarts at a lower one; when more are free it takes a checkpoint, and restarts from that at a higher one.
/// </summary>
internal sealed partial class JobMaster
{
    // That of operators for which the job sets none, in this attempt.
    private int _parallelism;

    // Null: the job runs at the parallelism that is wanted, and no other.
    private int? _leastSlots;

    // What the cluster has last said.
    private int _freeSlots;

    // While more slots are free, until they have been so for long enough; null: they are not.
    private ITimer? _scaleUp;

    // Output goes on sooner in fewer slots, so a job waits for all of them only before its first attempt under this coordinator.
    private SlotDemand Demand
    {
        get
        {
            int wanted = _build.GraphAt(WantedParallelism).Slots;
            return new SlotDemand(wanted, _leastSlots ?? wanted, TakesFewerAtOnce: _leastSlots is not null && _status == JobStatus.Restarting);
        }
    }

    // A job without checkpoints would begin anew.
    private bool CanScaleUp => _parallelism < WantedParallelism && _status == JobStatus.Running && _end is null
        && _checkpoints is { StoppedWith: null } && HighestFor(_slots.Count + _freeSlots) > _parallelism;

    // Where the job cannot be built at parallelism 1, it depends on one parallelism: some of its rows have no codec, and stay in their task only as
    // long as the operators before and after them have the same one. If it can, it can at each up to the one that is wanted.
    private int? LeastSlots()
    {
        if (_services.Options.Scheduler != Scheduler.Adaptive)
        {
            return null;
        }

        try
        {
            return _build.GraphAt(1).Slots;
        }
        catch (JobDefinitionException e)
        {
            Log.NotAdaptive(_log, Graph.Name, _handle.Id, WantedParallelism, e.Message);
            return null;
        }
    }

    private void OnSlotsFree(int count)
    {
        _freeSlots = count;
        ConsiderScalingUp();
    }

    private void ConsiderScalingUp()
    {
        if (_move is null && _liveMove is null && CanScaleUp)
        {
            _scaleUp ??= Context.After(_services.Options.ResourceStabilizationTimeout, new JobMasterMessage.ScaleUpDue());
        }
        else
        {
            _scaleUp?.Dispose();
            _scaleUp = null;
        }
    }

    private void OnScaleUpDue()
    {
        // Null: it was disposed when its message was on the way.
        if (_scaleUp is not null)
        {
            _scaleUp = null;
            MoveAfterCheckpoint(cause: null);
        }
    }

    // The next attempt, whose tasks are not placed yet, runs in these slots.
    private void FitTo(IReadOnlyList<AllocatedSlot> slots)
    {
        int parallelism = HighestFor(slots.Count);
        if (parallelism != _parallelism)
        {
            Log.Rescaled(_log, Graph.Name, _handle.Id, parallelism, _parallelism, WantedParallelism, slots.Count);
            Rescale(parallelism);
        }

        slots = SlotSelection.KeepWorkers(_slots, slots, Graph.Slots);
        _slots = [.. slots.Take(Graph.Slots)];
        if (slots.Count > _slots.Count)
        {
            _cluster.Tell(new MasterMessage.ReturnSlots(_handle.Id, [.. slots.Skip(_slots.Count).Select(slot => slot.Slot)]));
        }
    }

    private void Rescale(int parallelism)
    {
        _parallelism = parallelism;
        _graph = Named(_build.GraphAt(parallelism));

        // Connections stay, so the regions are the same ones.
        IReadOnlyList<JobRegion> rescaled = JobRegion.Of(_graph);
        for (int index = 0; index < rescaled.Count; index++)
        {
            JobRegion region = _regions[index];
            region.Rescale(
                rescaled[index].Vertices, new RegionExecution(_handle.Id, region.Execution!.Attempt, rescaled[index].Vertices, Context.Time));
        }

        _checkpoints?.Rescale(_graph);
    }

    // The slots that a job needs never become fewer with its parallelism.
    private int HighestFor(int slots)
    {
        if (_leastSlots is null)
        {
            return WantedParallelism;
        }

        int low = 1;
        int high = WantedParallelism;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _build.GraphAt(middle).Slots <= slots ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
