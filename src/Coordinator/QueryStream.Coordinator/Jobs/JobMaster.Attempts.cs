using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Deploys attempts of regions, tells their workers what concerns all tasks, and releases the workers.</summary>
internal sealed partial class JobMaster
{
    // Empty until the graph is built.
    private IReadOnlyList<JobRegion> _regions = [];
    private int _attempts;

    // Why the job waits for slots; null: it does not.
    private string? _waitsFor;

    // Those that the job holds, by subtask. A region restarts in them, unless new ones are needed.
    private IReadOnlyList<AllocatedSlot> _slots = [];
    private bool _needsSlots = true;

    /// <inheritdoc/>
    public IEnumerable<TaskExecution> Tasks => Executions.SelectMany(execution => execution.Tasks);

    // Those that have moved, and have not ended where they were.
    private IEnumerable<TaskExecution> Departing => Executions.SelectMany(execution => execution.Departing);

    private JobPlan Plan => new(_submission.Reference, _submission.Settings.Values, _parallelism, Graph.Fingerprint);

    // The current attempts of all regions.
    private IEnumerable<RegionExecution> Executions => _regions.Select(region => region.Execution).OfType<RegionExecution>();

    // Whether the first attempt has begun.
    private bool HasAttempt => _regions is [{ Execution: not null }, ..];

    // Whether a worker has tasks of the current attempts, ended ones too.
    private bool RunsOn(WorkerId worker) => Executions.Any(execution => execution.Find(worker) is not null);

    bool ICheckpointOwner.IsEnding => JobLifeCycle.IsEnding(_status);

    /// <inheritdoc/>
    public void TellTasks(Func<Attempt, WorkerMessage> message)
    {
        if (JobLifeCycle.IsEnding(_status))
        {
            return;
        }

        foreach (JobRegion region in _regions)
        {
            if (!region.HasFailed && region.Execution is { HasEnded: false } execution)
            {
                execution.TellAll(message);
            }
        }
    }

    // Creates the tasks of the next attempt of regions, and requests slots for them, or deploys them in those that the job has.
    private void StartAttempt(IReadOnlyList<JobRegion> regions)
    {
        foreach (JobRegion region in regions)
        {
            if (region.Execution is { } before)
            {
                KeepFormer(before);
                _earlier = JobTotals.Add(_earlier, JobTotals.Of(before.Tasks.Concat(before.Departing), _runningSince, Context.Time));
            }

            region.Start(new RegionExecution(_handle.Id, new Attempt(_attempts++), region.Vertices, Context.Time));
        }

        if (_status == JobStatus.Initializing)
        {
            MoveTo(JobStatus.Created);
        }

        _changed = true;
        if (_needsSlots)
        {
            _needsSlots = false;
            _cluster.Tell(new MasterMessage.RequestSlots(_handle.Id, Demand));
        }
        else
        {
            Deploy(regions);
        }
    }

    // Deploys the next attempt of regions in the job's slots.
    private void Deploy(IReadOnlyList<JobRegion> regions)
    {
        foreach (JobRegion region in regions)
        {
            region.Execution!.Place(_slots);
        }

        _waitsFor = null;
        Publish();
        if (!Accept())
        {
            return;
        }

        ReleaseFormerWorkers(regions);
        JobPlan plan = Plan;
        _deployedFrom = _checkpoints?.Restore ?? _startedFrom?.Plan;
        foreach (JobRegion region in regions)
        {
            RegionExecution execution = region.Execution!;
            _checkpoints?.PrepareAttempt(execution);
            execution.Deploy(plan, _checkpoints?.Plan, _deployedFrom);
        }

        int workers = regions.SelectMany(region => region.Execution!.Workers).DistinctBy(worker => worker.Id).Count();
        Log.GraphDeployed(_log, Graph.Name, _handle.Id, regions.Sum(region => region.Execution!.Tasks.Count), workers);
        _changed = true;
    }

    // The job waits for slots: it is accepted, and whoever looks at it sees why it does not run.
    private void OnSlotsAwaited(QueryStreamException reason)
    {
        Log.WaitsForSlots(_log, Graph.Name, _handle.Id, reason.Message);
        _waitsFor = reason.Message;
        Publish();
        Accept();
    }

    private bool Accept()
    {
        if (_status == JobStatus.Created && !_accepted.Task.IsCompletedSuccessfully && !_accepted.TrySetResult(_handle))
        {
            // The caller has given up meanwhile and has no handle with which to cancel the job.
            Cancel();
            return false;
        }

        _handle.Accept();
        return true;
    }

    private void CancelAll()
    {
        foreach (JobRegion region in _regions)
        {
            region.Execution?.Cancel();
        }
    }

    // Tells the workers that run no task of the next attempt to forget the region, or the whole job.
    private void ReleaseFormerWorkers(IReadOnlyList<JobRegion> regions)
    {
        foreach (JobRegion region in regions)
        {
            foreach (AssignedWorker former in region.Former?.Workers ?? [])
            {
                if (!RunsOn(former.Id))
                {
                    former.Link.Send(new ReleaseJob(_handle.Id));
                }
                else if (region.Execution!.Find(former.Id) is null)
                {
                    foreach (Attempt attempt in region.Former!.TasksOn(former.Id).Select(task => task.Attempt).Distinct())
                    {
                        former.Link.Send(new ReleaseTasks(_handle.Id, attempt));
                    }
                }
            }

            region.ForgetFormer();
        }
    }

    // Tells all workers that the job has ended.
    private void ReleaseAllWorkers()
    {
        DeclineAll();
        EndAdoption();
        HashSet<WorkerId> told = [];
        IEnumerable<RegionExecution?> executions = [.. _regions.Select(region => region.Execution), .. _regions.Select(region => region.Former)];
        foreach (AssignedWorker worker in executions.SelectMany(execution => execution?.Workers ?? []))
        {
            if (told.Add(worker.Id))
            {
                worker.Link.Send(new ReleaseJob(_handle.Id));
            }
        }
    }
}
