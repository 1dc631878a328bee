using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Master;
using QueryStream.Core.Errors;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// Takes over the tasks of a job that a coordinator before this one has run: they go on, and none restarts. Where that is not possible, they are
/// ended, and the job restarts from its last checkpoint.
/// </summary>
internal sealed partial class JobMaster
{
    // While it is not known whether the tasks go on; null: the job is new, or that is decided.
    private Adoption? _adoption;

    // Runs from when the job is prepared.
    private ITimer? _adoptionTimer;

    // The workers that hold its tasks register one by one. The job does not wait for them for ever.
    private void AwaitTasks()
    {
        _adoptionTimer = Context.After(_services.Options.AdoptionTimeout, new JobMasterMessage.AdoptionDue());
        AdoptIfComplete();
    }

    private void OnTasksHeld(HeldByWorker held)
    {
        if (_adoption is null)
        {
            Decline(held);
            return;
        }

        _adoption.Add(held);
        AdoptIfComplete();
    }

    private void AdoptIfComplete()
    {
        if (_adoptionTimer is null || _end is not null || _adoption is not { Parallelism: int parallelism } adoption)
        {
            return;
        }

        if (GraphOfHeld(parallelism) is not { } graph)
        {
            RestartInstead($"workers run it at parallelism {parallelism}");
            return;
        }

        CheckpointManifest? own = _startedFrom is { } latest && latest.Manifest.Job == _handle.Id ? latest.Manifest : null;
        switch (adoption.Match(_handle.Id, graph, own, isStopped: _checkpoints?.StoppedWith is not null))
        {
            case AdoptionResult.Complete complete:
                Adopt(adoption, complete, parallelism, graph);
                break;
            case AdoptionResult.Refused refused:
                RestartInstead(refused.Reason);
                break;
        }
    }

    // Another parallelism than the wanted one is only of the adaptive scheduler.
    private JobGraph? GraphOfHeld(int parallelism) =>
        parallelism == _parallelism ? Graph
        : _leastSlots is not null && parallelism > 0 && parallelism < WantedParallelism ? Named(_build.GraphAt(parallelism))
        : null;

    private void OnAdoptionDue()
    {
        if (_end is not null || _adoption is not { } adoption)
        {
            return;
        }

        if (adoption.Held.Count > 0)
        {
            RestartInstead("some of them are on workers that have not registered in time");
        }
        else
        {
            BeginInstead("no worker has tasks of it");
        }
    }

    private void RestartInstead(string reason)
    {
        Log.NotAdopted(_log, Graph.Name, _handle.Id, reason);
        DeclineAll();
        BeginInstead(reason);
    }

    // Nothing is taken over. A job that has stopped begins nothing any more; whether its tasks had ended, nobody knows.
    private void BeginInstead(string reason)
    {
        EndAdoption();
        if (_checkpoints?.StoppedWith is string savepoint)
        {
            _accepted.TrySetResult(_handle);
            FailForGood(NotStopped(savepoint, $"Its coordinator died, and the next one could not take over its tasks: {reason}."));
        }
        else
        {
            StartAttempt(_regions);
        }
    }

    // The job was over when its coordinator died, and the registry had not forgotten it yet.
    private void EndAsMarked(RunEnd end)
    {
        Log.HasEnded(_log, Graph.Name, _handle.Id, end.Kind);
        DeclineAll();
        EndAdoption();
        _accepted.TrySetResult(_handle);
        if (end.Kind == RunEndKind.Failed)
        {
            _failure = new StateRestoreException(
                $"The job had failed at {end.EndedAt:u}, before its coordinator died. The log of that one says why.");
        }

        End(end.Kind switch
        {
            RunEndKind.Failed => JobStatus.Failed,
            RunEndKind.Canceled => JobStatus.Canceled,
            _ => JobStatus.Finished,
        });
    }

    private void Adopt(Adoption adoption, AdoptionResult.Complete complete, int parallelism, JobGraph graph)
    {
        if (graph != _graph)
        {
            _parallelism = parallelism;
            _graph = graph;
            _regions = JobRegion.Of(graph);
            _checkpoints?.Rescale(graph);
        }

        _slots = [.. complete.Slots.Select(slot => slot!.Value)];
        _needsSlots = false;
        _cluster.Tell(new MasterMessage.SlotsAdopted(_handle.Id, [.. _slots.Select(slot => slot.Slot)]));
        foreach (JobRegion region in _regions)
        {
            RegionExecution execution = new(_handle.Id, complete.AttemptOf(region), region.Vertices, Context.Time, complete.AttemptOf);
            execution.Adopt(_slots, task => complete[task.Id].State);
            region.Start(execution);
            execution.TellAll(attempt => new AdoptTasks(_handle.Id, attempt, _checkpoints?.Plan));
        }

        // Attempts that were replaced, and what else a worker holds of the job.
        foreach (HeldByWorker held in adoption.Held)
        {
            if (!Executions.Any(execution => execution.TasksOn(held.Worker).Any(task => task.Attempt == held.Tasks.Attempt)))
            {
                Decline(held);
            }
        }

        EndAdoption();
        GoOn(adoption, complete);
    }

    private void GoOn(Adoption adoption, AdoptionResult.Complete complete)
    {
        MoveTo(JobStatus.Created);
        if (!Accept())
        {
            return;
        }

        MoveTo(JobStatus.Running);
        _runningSince = Context.Time.GetTimestamp();
        Log.Adopted(_log, Graph.Name, _handle.Id, Tasks.Count(), _slots.DistinctBy(slot => slot.Slot.Worker).Count());
        _checkpoints?.Adopt([.. adoption.Held.Select(held => held.Tasks.LastCheckpoint)], complete.Final);
        _checkpoints?.StartAttempt(restoredFrom: null);
        _checkpoints?.Request();
        Record(JobEventKind.Adopted, "All tasks go on under this coordinator");
        _cluster.Tell(new MasterMessage.JobRuns(_handle.Id, Plan));
        Publish();
        ConsiderScalingUp();
        EndIfAllTasksEnded();
    }

    private void DeclineAll()
    {
        foreach (HeldByWorker held in _adoption?.Held ?? [])
        {
            Decline(held);
        }
    }

    private void Decline(HeldByWorker held)
    {
        held.Link.Send(new CancelTasks(_handle.Id, held.Tasks.Attempt));
        held.Link.Send(RunsOn(held.Worker)
            ? new ReleaseTasks(_handle.Id, held.Tasks.Attempt)
            : new ReleaseJob(_handle.Id));
    }

    private void EndAdoption()
    {
        _adoption = null;
        _adoptionTimer?.Dispose();
        _adoptionTimer = null;
    }
}
