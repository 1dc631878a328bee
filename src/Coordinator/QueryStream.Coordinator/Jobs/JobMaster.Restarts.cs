using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Restarts;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// Finds what the job restores, and restarts it after failures: the region whose task has failed, or all regions where that is not safe or not the
/// failure of a task.
/// </summary>
internal sealed partial class JobMaster
{
    // Checkpoints that "latest" has found and whose state turned out to be damaged.
    private readonly HashSet<StoredCheckpoint> _damaged = [];

    // Between two attempts to take over the storage of a job that is resumed.
    private static readonly TimeSpan PrepareDelay = TimeSpan.FromSeconds(1);

    private bool _isResumedLater;
    private JobRestore? _startedFrom;
    private JobMetrics _earlier = new();
    private QueryStreamException? _restartCause;
    private int _restarts;

    // What the tasks that were deployed last have restored; null: nothing.
    private RestorePlan? _deployedFrom;

    // Whether another checkpoint must be found before the restart of all regions.
    private bool _mustSearch;

    /// <inheritdoc/>
    public void FailAttempt(QueryStreamException failure) => Fail(failure, _regions);

    /// <inheritdoc/>
    public void FailRestart(QueryStreamException failure) => RestartOrFail(failure, [.. _regions.Where(region => region.HasFailed)]);

    /// <inheritdoc/>
    public void FailJob(QueryStreamException failure) => FailForGood(failure);

    // The definition, the settings and the stored state are as wrong in the next attempt.
    private static bool IsUnrecoverable(QueryStreamException failure) => Has(
        failure,
        ErrorCode.JobDefinition,
        ErrorCode.JobAssembly,
        ErrorCode.Setting,
        ErrorCode.StateRestore,
        ErrorCode.SchemaMismatch,
        ErrorCode.DamagedCheckpoint,
        ErrorCode.Defect);

    private static bool Has(Exception? failure, params ReadOnlySpan<ErrorCode> codes)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is QueryStreamException { Code: ErrorCode code } && codes.Contains(code))
            {
                return true;
            }
        }

        return false;
    }

    private void Prepare()
    {
        JobPreparation preparation = new(_services, _registered, Graph.Name);
        HashSet<StoredCheckpoint> except = [.. _damaged];
        Context.Start(
            cancellationToken => preparation.RunAsync(except, cancellationToken), result => new JobMasterMessage.Prepared(result));
    }

    // A job that ran under the coordinator before is not given up because its storage does not answer, or is still locked by that one, which may be
    // frozen: its tasks go on meanwhile, and nobody would submit it again.
    private bool MayBeResumedLater(QueryStreamException failure) =>
        _status == JobStatus.Initializing && _registered.Recoveries > 0 && failure.Domain == ErrorDomain.External && !IsUnrecoverable(failure);

    private void OnPrepareDue()
    {
        if (_status == JobStatus.Initializing)
        {
            Prepare();
        }
    }

    private void OnPrepared(IoResult<PreparedJob> result)
    {
        if (_status is not (JobStatus.Initializing or JobStatus.Restarting))
        {
            return;
        }

        try
        {
            PreparedJob prepared = result.Value;
            foreach (DamagedCheckpointException damaged in prepared.Damaged)
            {
                Log.CheckpointSkipped(_log, Graph.Name, damaged.Message);
            }

            if (prepared is { Ended: { } ended, Restore: null })
            {
                EndAsMarked(ended);
                return;
            }

            Claim(prepared.Restore);
            Announce(prepared);
        }
        catch (QueryStreamException e) when (MayBeResumedLater(e))
        {
            // Said once: it may take hours.
            Log.ResumedLater(_log, _isResumedLater ? LogLevel.Debug : LogLevel.Warning, Graph.Name, _handle.Id, e.Message);
            _isResumedLater = true;
            Context.After(PrepareDelay, new JobMasterMessage.PrepareDue());
            return;
        }
        catch (Exception e)
        {
            FailForGood(e as QueryStreamException ?? new DefectException($"Preparing job {_handle.Id}", e));
            return;
        }

        if (_adoption is null)
        {
            BeginInstead("a coordinator does not take over tasks where high-availability.adoption-timeout is 0");
        }
        else
        {
            AwaitTasks();
        }
    }

    // Refuses state that nothing claims: starting without it would be a wrong state.
    private void Claim(JobRestore? restore)
    {
        _startedFrom = restore;
        if (restore is null)
        {
            return;
        }

        JobGraph graph = Graph;
        if (_submission.AllowNonRestoredState)
        {
            restore.Manifest.State.CheckKeyGroups(graph.Name, graph.KeyGroups);
        }
        else
        {
            restore.Manifest.State.CheckClaimed(
                graph.Name, graph.KeyGroups, graph.Vertices.SelectMany(vertex => vertex.Nodes).Select(node => node.Id));
        }
    }

    private void Announce(PreparedJob prepared)
    {
        JobGraph graph = Graph;
        if (prepared is { Ended: not null, Restore: { } savepoint })
        {
            Log.GoesOnStopping(_log, graph.Name, _handle.Id, savepoint.Path);
        }
        else if (prepared.Restore is { } restore)
        {
            Log.Restoring(_log, graph.Name, restore.Path);
        }
        else if (_submission.Restore is not null && prepared.Store is { } searched)
        {
            Log.NothingToRestore(_log, graph.Name, searched.Storage.Address);
        }

        if (_checkpoints is not null)
        {
            return;
        }

        if (prepared.Store is not { } store)
        {
            Log.NoCheckpoints(_log, graph.Name);
            return;
        }

        CheckpointSettings settings = _submission.Options.Checkpoints;
        Log.TakesCheckpoints(_log, graph.Name, Durations.Format(settings.Interval), store.Storage.Address);
        _checkpoints = new CheckpointCoordinator(
            Context, this, new CheckpointedJob(_handle.Id, graph, settings, store, _services.Storages), prepared.Restore?.Manifest.Id, _log);
        _checkpoints.TakeOver(prepared.Own, prepared.Restore?.Manifest, prepared.Ended is null ? null : prepared.Restore);
    }

    // Regions have failed: those that had not failed yet restart, or the whole job ends.
    private void Fail(QueryStreamException failure, IReadOnlyList<JobRegion> regions)
    {
        if (regions.Count > 0 && regions.All(region => region.HasFailed))
        {
            Log.FurtherFailure(_log, _handle.Id, _status, failure.Message);
        }
        else
        {
            RestartOrFail(failure, regions);
        }
    }

    private void RestartOrFail(QueryStreamException failure, IReadOnlyList<JobRegion> regions)
    {
        if (JobLifeCycle.IsEnding(_status) || _end is not null || !_accepted.Task.IsCompleted)
        {
            // A job that was never accepted is refused: its caller decides.
            FailForGood(failure);
        }
        else if (_checkpoints?.StoppedWith is string savepoint)
        {
            FailForGood(NotStopped(savepoint, failure.Message, failure));
        }
        else if (MayFallBack(failure))
        {
            Log.CheckpointSkipped(_log, Graph.Name, failure.Message);
            _damaged.Add(_startedFrom!.Checkpoint);
            _mustSearch = true;
            Restart(failure, _regions, TimeSpan.Zero, "the checkpoint before it");
        }
        else if (IsUnrecoverable(failure))
        {
            FailForGood(failure);
        }
        else if (IsOfSameLoss(failure))
        {
            RestartWithOthers(failure, regions);
        }
        else
        {
            RestartByStrategy(failure, MustRestartAll ? _regions : regions);
        }
    }

    private static CheckpointFailedException NotStopped(string savepoint, string reason, Exception? failure = null) => new(
        $"The savepoint {savepoint} is complete, but the job failed before all of its output was committed. Start it from the savepoint, "
        + $"which commits the rest. {reason}",
        failure);

    // A worker that dies breaks channels in several regions and is then declared dead, which arrives as one failure after the other: one restart.
    private bool IsOfSameLoss(QueryStreamException failure) => _recovery is { IsWaiting: true }
        && Has(failure, ErrorCode.ChannelLost, ErrorCode.WorkerLost) && Has(_restartCause, ErrorCode.ChannelLost, ErrorCode.WorkerLost);

    private void RestartWithOthers(QueryStreamException failure, IReadOnlyList<JobRegion> regions)
    {
        bool isDelayOver = _regions.Any(region => region.Restart == _restarts && region.IsDelayOver);
        JobRegion[] others = [.. (MustRestartAll ? _regions : regions).Where(region => !region.HasFailed)];
        foreach (JobRegion region in others)
        {
            Log.RegionRestartsToo(_log, region.DisplayName, Graph.Name, _handle.Id, failure.Message);
            region.Fail(_restarts);
            region.IsDelayOver = isDelayOver;
        }

        JoinRecovery(others);
        _checkpoints?.EndAttempt($"the attempt has failed: {failure.Message}", isFailure: true);
        Array.ForEach(others, region => region.Execution!.Cancel());
        EndIfAllTasksEnded();
    }

    // A savepoint with which the job stops is of all regions, and so is a new allocation of slots.
    private bool MustRestartAll => _needsSlots || _checkpoints is { IsStopping: true };

    // "latest" means the latest that can be read. Once the job has taken a checkpoint itself, an older one would be a wrong state.
    private bool MayFallBack(QueryStreamException failure) =>
        _submission.Restore == JobRestore.Latest && _startedFrom is not null && _checkpoints?.Restore is null
        && Has(failure, ErrorCode.DamagedCheckpoint);

    private void RestartByStrategy(QueryStreamException failure, IReadOnlyList<JobRegion> regions)
    {
        TimeSpan now = Context.Time.GetElapsedTime(0, Context.Time.GetTimestamp());
        ulong random = Context.Executor.NextRandom();
        switch (IsNewLoss(failure) ? _strategy.OnLoss(now, random) : _strategy.OnFailure(now, random))
        {
            case RestartDecision.Restart restart:
                Restart(failure, regions, restart.Delay, RestoresFrom);
                break;
            case RestartDecision.GiveUp giveUp:
                Log.NotRestarted(_log, Graph.Name, _handle.Id, giveUp.Reason);
                FailForGood(failure);
                break;
        }
    }

    // A delay spares a job that fails again and again by its own fault or that of a service. A worker that is lost is neither, as long as the job
    // makes progress between losses: it has taken a checkpoint since it was deployed.
    private bool IsNewLoss(QueryStreamException failure) =>
        Has(failure, ErrorCode.ChannelLost, ErrorCode.WorkerLost) && _checkpoints?.Restore is { } latest && latest != _deployedFrom;

    // The checkpoint with which the next attempt begins; null: without state.
    private string? RestorePath => _checkpoints?.RestorePath ?? _startedFrom?.Path;

    // The same for people.
    private string RestoresFrom => RestorePath ?? "the beginning, without state";

    private void Restart(QueryStreamException failure, IReadOnlyList<JobRegion> regions, TimeSpan delay, string from)
    {
        if (failure is WorkerLeavesException or JobRescaledException or SubtasksSpreadException)
        {
            _needsSlots = true;
            Log.Moving(_log, Graph.Name, _handle.Id, from, failure.Message);
        }
        else if (regions.Count == _regions.Count)
        {
            _needsSlots = true;
            Log.Restarting(_log, Graph.Name, _handle.Id, Durations.Format(delay), from, failure.Message);
        }
        else
        {
            string names = string.Join(", ", regions.Select(region => region.DisplayName));
            Log.RegionRestarting(_log, names, Graph.Name, _handle.Id, Durations.Format(delay), from, failure.Message);
        }

        if (_status != JobStatus.Restarting)
        {
            MoveTo(JobStatus.Restarting);
        }

        _restarts++;
        if (failure is not (WorkerLeavesException or JobRescaledException))
        {
            RecordFailure(failure, _restarts);
        }

        ForgetMove(_restarts);
        _move = null;
        ConsiderScalingUp();
        _restartCause = failure;
        _changed = true;
        foreach (JobRegion region in regions)
        {
            region.Fail(_restarts);
        }

        BeginRecovery(failure, regions);
        _checkpoints?.EndAttempt($"the attempt has failed: {failure.Message}", isFailure: true);
        foreach (JobRegion region in regions)
        {
            region.Execution!.Cancel();
        }

        Context.After(delay, new JobMasterMessage.RestartDue(_restarts));
        EndIfAllTasksEnded();
    }

    private void OnRestartDue(int restart)
    {
        foreach (JobRegion region in _regions)
        {
            region.IsDelayOver |= region.Restart == restart;
        }

        EndIfAllTasksEnded();
    }

    private void RestartIfDue()
    {
        JobRegion[] due = [.. _regions.Where(region => region.IsDue)];
        if (due.Length == 0 || (_needsSlots && due.Length < _regions.Count) || _checkpoints is { IsSettled: false })
        {
            return;
        }

        if (_mustSearch)
        {
            _mustSearch = false;
            foreach (JobRegion region in due)
            {
                region.IsDelayOver = false;
            }

            Prepare();
        }
        else if (_checkpoints?.Resolve() != true)
        {
            StartAttempt(due);
        }
    }

    // The job fails without another attempt.
    private void FailForGood(QueryStreamException failure)
    {
        switch (_status)
        {
            case JobStatus.Initializing:
                _failure = failure;
                RecordFailure(failure, restart: null);
                End(JobStatus.Failed);
                break;
            case JobStatus.Created or JobStatus.Running or JobStatus.Restarting when _end is null:
                _failure = failure;
                RecordFailure(failure, restart: null);
                ForgetMove(restart: null);
                MoveTo(JobStatus.Failing);
                _checkpoints?.EndAttempt($"the job has failed: {failure.Message}", isFailure: true);
                CancelAll();
                EndIfAllTasksEnded();
                break;
            default:
                Log.FurtherFailure(_log, _handle.Id, _status, failure.Message);
                break;
        }
    }
}
