using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Restarts;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Finds what the job restores, and restarts it after failures.</summary>
internal sealed partial class JobMaster
{
    // Checkpoints that "latest" has found and whose state turned out to be damaged.
    private readonly HashSet<StoredCheckpoint> _damaged = [];

    private JobRestore? _startedFrom;
    private JobMetrics _earlier = new();
    private QueryStreamException? _restartCause;
    private int _restarts;

    // Of the attempt before, until they are told to forget the job or to deploy its tasks.
    private IReadOnlyList<AssignedWorker> _formerWorkers = [];

    // Of the current attempt.
    private bool _hasFailed;
    private bool _isDelayOver;
    private bool _mustSearch;

    /// <inheritdoc/>
    public void FailAttempt(QueryStreamException failure)
    {
        // After the attempt has failed, only the preparation of the next one can fail, which counts as a failure of its own.
        _hasFailed = false;
        Fail(failure);
    }

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
        JobPreparation preparation = new(_storages, _submission.Options.Checkpoints.Storage, _submission.Restore, _build.Graph!.Name);
        HashSet<StoredCheckpoint> except = [.. _damaged];
        Context.Start(
            cancellationToken => preparation.RunAsync(except, cancellationToken), result => new JobMasterMessage.Prepared(result));
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
                Log.CheckpointPassedOver(_log, _build.Graph!.Name, damaged.Message);
            }

            Claim(prepared.Restore);
            Announce(prepared);
        }
        catch (Exception e)
        {
            FailForGood(e as QueryStreamException ?? new DefectException($"Preparing job {_handle.Id}", e));
            return;
        }

        StartAttempt();
    }

    // Refuses state that nothing claims: starting without it would be a wrong state.
    private void Claim(JobRestore? restore)
    {
        _startedFrom = restore;
        if (restore is null)
        {
            return;
        }

        JobGraph graph = _build.Graph!;
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
        JobGraph graph = _build.Graph!;
        if (prepared.Restore is { } restore)
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
            Context, this, new CheckpointedJob(_handle.Id, graph, settings, store, _storages), prepared.Restore?.Manifest.Id, _log);
    }

    // Creates the tasks of the next attempt, and requests slots for them.
    private void StartAttempt()
    {
        Attempt attempt = new(_execution is null ? 0 : _execution.Attempt.Number + 1);
        if (_execution is { } before)
        {
            _earlier = JobTotals.Add(_earlier, JobTotals.Of(before.Tasks, _runningSince, Context.Time));
        }

        _formerWorkers = _execution?.Workers ?? [];
        _execution = new JobExecution(_handle.Id, attempt, _build.Graph!);
        _hasFailed = false;
        _isDelayOver = false;
        _mustSearch = false;
        if (_status == JobStatus.Initializing)
        {
            MoveTo(JobStatus.Created);
        }

        _changed = true;
        _cluster.Tell(new MasterMessage.RequestSlots(_handle.Id, _execution.Graph.MaxParallelism));
    }

    private void Fail(QueryStreamException failure)
    {
        if (_hasFailed)
        {
            Log.FurtherFailure(_log, _handle.Id, _status, failure.Message);
        }
        else if (JobLifeCycle.IsEnding(_status) || _end is not null || !_accepted.Task.IsCompleted)
        {
            // A job that was never accepted is refused: its caller decides.
            FailForGood(failure);
        }
        else if (_checkpoints?.StoppedWith is string savepoint)
        {
            FailForGood(new CheckpointFailedException(
                $"The savepoint {savepoint} is complete, but the job failed before all of its output was committed. Start it from the savepoint, "
                + $"which commits the rest. {failure.Message}",
                failure));
        }
        else if (MayFallBack(failure))
        {
            Log.CheckpointPassedOver(_log, _execution!.Graph.Name, failure.Message);
            _damaged.Add(_startedFrom!.Checkpoint);
            _mustSearch = true;
            Restart(failure, TimeSpan.Zero, "the checkpoint before it");
        }
        else if (IsUnrecoverable(failure))
        {
            FailForGood(failure);
        }
        else
        {
            RestartByStrategy(failure);
        }
    }

    // "latest" means the latest that can be read. Once the job has taken a checkpoint itself, an older one would be a wrong state.
    private bool MayFallBack(QueryStreamException failure) =>
        _submission.Restore == JobRestore.Latest && _startedFrom is not null && _checkpoints?.Restore is null
        && Has(failure, ErrorCode.DamagedCheckpoint);

    private void RestartByStrategy(QueryStreamException failure)
    {
        TimeSpan now = Context.Time.GetElapsedTime(0, Context.Time.GetTimestamp());
        switch (_strategy.OnFailure(now, Context.Executor.NextRandom()))
        {
            case RestartDecision.Restart restart:
                Restart(failure, restart.Delay, _checkpoints?.RestorePath ?? _startedFrom?.Path ?? "the beginning, without state");
                break;
            case RestartDecision.GiveUp giveUp:
                Log.NotRestarted(_log, _execution!.Graph.Name, _handle.Id, giveUp.Reason);
                FailForGood(failure);
                break;
        }
    }

    private void Restart(QueryStreamException failure, TimeSpan delay, string from)
    {
        Log.Restarting(_log, _execution!.Graph.Name, _handle.Id, Durations.Format(delay), from, failure.Message);
        if (_status != JobStatus.Restarting)
        {
            MoveTo(JobStatus.Restarting);
        }

        _hasFailed = true;
        _isDelayOver = false;
        _restarts++;
        _restartCause = failure;
        _changed = true;
        _checkpoints?.EndAttempt($"the attempt has failed: {failure.Message}", isFailure: true);
        _execution.Cancel();
        Context.After(delay, new JobMasterMessage.RestartDue(_execution.Attempt));
        EndIfAllTasksEnded();
    }

    private void RestartIfDue()
    {
        if (!_hasFailed || !_isDelayOver || _checkpoints is { IsSettled: false })
        {
            return;
        }

        if (_mustSearch)
        {
            _mustSearch = false;
            _isDelayOver = false;
            Prepare();
        }
        else if (_checkpoints?.Resolve() != true)
        {
            StartAttempt();
        }
    }

    // The job fails without another attempt.
    private void FailForGood(QueryStreamException failure)
    {
        switch (_status)
        {
            case JobStatus.Initializing:
                _failure = failure;
                End(JobStatus.Failed);
                break;
            case JobStatus.Created or JobStatus.Running or JobStatus.Restarting when _end is null:
                _failure = failure;
                MoveTo(JobStatus.Failing);
                _checkpoints?.EndAttempt($"the job has failed: {failure.Message}", isFailure: true);
                _execution!.Cancel();
                EndIfAllTasksEnded();
                break;
            default:
                Log.FurtherFailure(_log, _handle.Id, _status, failure.Message);
                break;
        }
    }
}
