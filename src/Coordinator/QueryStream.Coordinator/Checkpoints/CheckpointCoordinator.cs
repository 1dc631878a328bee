using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>
/// Takes the checkpoints of one job, see docs/design/checkpointing.md. At most one is under way. Used only in turns of the job's master.
/// </summary>
internal sealed partial class CheckpointCoordinator
{
    private readonly ActorCell<JobMasterMessage> _context;
    private readonly ICheckpointOwner _owner;
    private readonly CheckpointedJob _job;
    private readonly ILogger _log;
    private readonly CheckpointHistory _history = new();
    private readonly Dictionary<TaskId, TaskSnapshot> _final = [];
    private readonly Queue<SavepointRequest> _savepoints = new();

    // Whether checkpoints are taken: all tasks of all regions run or have finished.
    private bool _isActive;
    private PendingCheckpoint? _pending;
    private ITimer? _timeout;
    private ITimer? _due;
    private long _timer;
    private long _nextId;
    private long _triggeredAt;
    private long? _endedAt;
    private int _consecutiveFailures;
    private int _expectedTasks;
    private bool _hasDropped;

    /// <summary>Creates the coordinator.</summary>
    /// <param name="context">The job's master, which passes on all <see cref="CheckpointEvent"/>.</param>
    /// <param name="owner">The same, as this class sees it.</param>
    /// <param name="job">The job.</param>
    /// <param name="restored">The checkpoint from which the job starts: ids continue above it; null: it starts without state.</param>
    /// <param name="log">Where to log.</param>
    public CheckpointCoordinator(
        ActorCell<JobMasterMessage> context, ICheckpointOwner owner, CheckpointedJob job, CheckpointId? restored, ILogger log)
    {
        _context = context;
        _owner = owner;
        _job = job;
        _log = log;
        _nextId = (restored?.Number ?? 0) + 1;
    }

    private CheckpointSettings Settings => _job.Settings;

    private CheckpointStore Store => _job.Store;

    /// <summary>What callers see of the checkpoints.</summary>
    public CheckpointStatistics Statistics => _history.Statistics;

    /// <summary>How tasks take checkpoints.</summary>
    public CheckpointPlan Plan => new(Store.Epoch, Store.Address, Settings.Mode);

    /// <summary>Whether the outcome of all commits is known, or they have been given up.</summary>
    public bool IsSettled => _pending is null && !_isResolving;

    /// <summary>The path of the savepoint with which the job has been told to stop; null: none.</summary>
    public string? StoppedWith { get; private set; }

    /// <summary>Whether the savepoint under way is one with which the job stops.</summary>
    public bool IsStopping => _pending?.Savepoint?.Stop is not null;

    /// <summary>All tasks of all regions run or have finished: checkpoints are taken from now on.</summary>
    public void StartAttempt(string? restoredFrom)
    {
        _isActive = true;
        _triggeredAt = Now;
        _consecutiveFailures = 0;
        _history.Restored(restoredFrom);
        Schedule();
    }

    /// <summary>The tasks of a region's attempt are about to be deployed.</summary>
    public void PrepareAttempt(RegionExecution execution)
    {
        foreach (TaskExecution task in execution.Tasks)
        {
            _final.Remove(task.Id);
            _requests.Remove(task.Id);
        }
    }

    /// <summary>
    /// The attempt of a region, or of all, has ended or is failing, so that no checkpoint can be complete. The tasks of the regions that go on are
    /// told what becomes of the one under way. A commit in flight goes on, since its outcome decides what is restored. May be called again.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="isFailure">Whether a checkpoint under way has failed by that; otherwise the job has ended before it was complete.</param>
    public void EndAttempt(string reason, bool isFailure)
    {
        _isActive = false;
        _due?.Dispose();
        while (_savepoints.TryDequeue(out SavepointRequest? savepoint))
        {
            Fail(savepoint, reason);
        }

        if (_pending is { IsCommitInFlight: true } pending)
        {
            pending.GivenUp ??= reason;
        }
        else if (_pending is not null && isFailure)
        {
            Abort(reason, isOfStorage: false);
        }
        else if (_pending is not null)
        {
            Drop(reason);
        }
    }

    /// <summary>Whether a task may have finished: its final snapshot has arrived, or the job stops with a savepoint, which holds it.</summary>
    public bool HasFinalSnapshot(TaskId task) => StoppedWith is not null || _final.ContainsKey(task);

    /// <summary>A task has stored its part, or its final snapshot when it ended.</summary>
    public void OnAcknowledged(TaskSnapshot part, TaskExecution task)
    {
        if (part.Checkpoint.Number == 0)
        {
            _final[part.Task] = part;
            if (_pending is { } one && !one.TryEnd(part))
            {
                Abort($"the acknowledgement of {task.DisplayName} was lost", isOfStorage: false);
            }
        }
        else if (_pending?.Id == part.Checkpoint)
        {
            _pending.Acknowledge(part);
        }

        if (_pending is { IsAcknowledged: true, IsCommitting: false } pending)
        {
            Commit(pending);
        }

        Show();
    }

    /// <summary>A task could not store its part.</summary>
    public void OnDeclined(CheckpointDeclined declined, TaskExecution task)
    {
        if (_pending is { IsCommitting: false } pending && pending.Id == declined.Checkpoint)
        {
            Abort(
                $"{declined.Failure.OperatorName} ({task.Id.Subtask + 1}/{task.Vertex.Parallelism}) could not store its state: "
                + declined.Failure.Cause.Message,
                IsOfStorage(declined.Failure.Cause));
        }
    }

    /// <summary>Handles a message of a timer or of the storage.</summary>
    public void Receive(CheckpointEvent message)
    {
        switch (message)
        {
            case CheckpointEvent.Due due when due.Timer == _timer:
                Schedule();
                break;
            case CheckpointEvent.TimedOut timedOut when _pending?.Id == timedOut.Checkpoint:
                OnTimeout(_pending);
                break;
            case CheckpointEvent.SavepointOpened opened:
                OnSavepointOpened(opened);
                break;
            case CheckpointEvent.CommitAnswered answered when _pending?.Id == answered.Checkpoint:
                OnCommitAnswered(_pending, answered.Result);
                break;
            case CheckpointEvent.CommitAgain again when _pending is { IsCommitInFlight: false } && _pending.Id == again.Checkpoint:
                SendCommit(_pending);
                break;
            case CheckpointEvent.CommitResolved resolved:
                OnCommitResolved(resolved.Result);
                break;
            case CheckpointEvent.Cleaned cleaned:
                OnCleaned(cleaned.Deleted);
                break;
        }
    }

    private long Now => _context.Time.GetTimestamp();

    private static bool IsOfStorage(ErrorInfo? error) =>
        error is not null && (error.Code == ErrorCode.CheckpointStorage || IsOfStorage(error.Cause));

    // Triggers what is due, or sets the timer for it.
    private void Schedule()
    {
        _due?.Dispose();
        if (!_isActive || _pending is not null || StoppedWith is not null)
        {
            return;
        }

        if (_savepoints.TryDequeue(out SavepointRequest? savepoint))
        {
            Trigger(savepoint);
            return;
        }

        TimeSpan wait = Settings.Interval - _context.Time.GetElapsedTime(_triggeredAt);
        if (_requests.Count > 0 && RequestedIn() is var requested && requested < wait)
        {
            wait = requested;
        }

        TimeSpan pause = _endedAt is long ended ? Settings.MinPause - _context.Time.GetElapsedTime(ended) : TimeSpan.Zero;
        wait = wait > pause ? wait : pause;
        if (wait > TimeSpan.Zero)
        {
            _due = _context.After(wait, new CheckpointEvent.Due(++_timer));
            return;
        }

        _triggeredAt = Now;
        Trigger(savepoint: null);
    }

    private void Trigger(SavepointRequest? savepoint)
    {
        TaskId[] expected = [.. _owner.Tasks.Where(task => !task.HasEnded && !_final.ContainsKey(task.Id)).Select(task => task.Id)];
        if (_owner.Tasks.All(task => task.HasEnded))
        {
            // The job is about to end.
            if (savepoint is not null)
            {
                Fail(savepoint, "the job has ended");
            }

            Schedule();
            return;
        }

        CheckpointId id = new(_nextId++);
        if (Serves(savepoint))
        {
            _requests.Clear();
        }

        _expectedTasks = expected.Length;
        _pending = new PendingCheckpoint(id, savepoint, expected, _context.Time.GetUtcNow(), Now);
        _timeout = _context.After(Settings.Timeout, new CheckpointEvent.TimedOut(id));
        CheckpointKind kind = _pending.Kind;
        CheckpointId? reused = savepoint is null && !_storesAll && _retained.Count > 0 ? _retained[^1].Id : null;
        _owner.TellTasks(attempt => new TriggerCheckpoint(
            _job.Id, attempt, id, kind, savepoint?.Address ?? Store.Address, savepoint?.Epoch ?? Store.Epoch, reused, savepoint?.Stop));
        Log.CheckpointTriggered(_log, id, _job.Id, expected.Length);
        if (_pending.IsAcknowledged)
        {
            // All tasks that are left have reported their final snapshot, and sinks among them wait for a checkpoint that holds it.
            Commit(_pending);
        }

        Show();
    }

    private void OnTimeout(PendingCheckpoint pending)
    {
        string reason = pending.IsCommitting
            ? $"the storage has not answered the commit within {Durations.Format(Settings.Timeout)}"
            : $"it was not complete within {Durations.Format(Settings.Timeout)}, the execution.checkpointing.timeout: "
                + $"{_expectedTasks - pending.ToInfo(_expectedTasks).AcknowledgedTasks} of {_expectedTasks} tasks have not acknowledged it";
        if (pending.IsCommitInFlight)
        {
            pending.GivenUp ??= reason;
        }
        else
        {
            Abort(reason, isOfStorage: pending.IsCommitting);
        }
    }

    /// <summary>The checkpoint under way has failed. After that, the attempt may be failing too.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="isOfStorage">Whether only the storage caused the failure.</param>
    private void Abort(string reason, bool isOfStorage)
    {
        PendingCheckpoint pending = End();
        if (pending is { IsCommitting: true, Kind: CheckpointKind.Checkpoint })
        {
            // It may be complete without an answer: see Resolve.
            _unresolved = pending;
        }

        _history.Failed(pending.ToInfo(_expectedTasks), reason, _context.Time.GetElapsedTime(pending.StartedAt));
        LogFailure(pending, reason);
        if (pending.Savepoint is { } savepoint)
        {
            Fail(savepoint, reason);
        }

        _owner.TellTasks(attempt => new CheckpointAborted(_job.Id, attempt, pending.Id));
        if (!_isActive)
        {
            return;
        }

        if (pending.Savepoint?.Stop == StopMode.Drain)
        {
            _owner.FailAttempt(new CheckpointFailedException(
                $"The savepoint that was to drain the job has failed ({reason}), but windows have fired early: the job restarts."));
        }
        else if (pending.Savepoint is null && IsTooManyFailures(isOfStorage))
        {
            _owner.FailAttempt(new CheckpointFailedException(
                $"{_consecutiveFailures} checkpoints in a row have failed, and {CheckpointSettings.TolerableFailuresName} allows "
                + $"{Settings.TolerableFailures ?? 0}. The last one, {pending.Id}: {reason}."));
        }
        else
        {
            Schedule();
        }
    }

    // The job has ended before the checkpoint under way was complete, which is no failure.
    private void Drop(string reason)
    {
        PendingCheckpoint pending = End();
        _hasDropped = true;
        Log.CheckpointDropped(_log, pending.Kind, pending.Id, _job.Graph.Name, reason);
        if (pending.Savepoint is { } savepoint)
        {
            Fail(savepoint, reason);
        }

        Show();
    }

    private bool IsTooManyFailures(bool isOfStorage)
    {
        bool counts = Settings.TolerableFailures is not null || !isOfStorage;
        _consecutiveFailures += counts ? 1 : 0;
        return counts && _consecutiveFailures > (Settings.TolerableFailures ?? 0);
    }

    private void LogFailure(PendingCheckpoint pending, string reason)
    {
        // Once, and then only when checkpoints complete again: a storage may be unavailable for hours.
        if (Statistics.ConsecutiveFailures == 1)
        {
            Log.CheckpointFailed(_log, pending.Kind, pending.Id, _job.Graph.Name, reason);
        }
        else
        {
            Log.CheckpointFailedAgain(_log, pending.Kind, pending.Id, _job.Graph.Name, reason);
        }
    }

    // Ends the checkpoint under way, completed or failed.
    private PendingCheckpoint End()
    {
        PendingCheckpoint pending = _pending!;
        _pending = null;
        _endedAt = Now;
        _timeout?.Dispose();
        return pending;
    }

    private void Show() => _history.Progress(_pending?.ToInfo(_expectedTasks));
}

/// <summary>A job that takes checkpoints.</summary>
/// <param name="Id">The job.</param>
/// <param name="Graph">Its graph.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Store">Where its checkpoints are stored.</param>
/// <param name="Storages">Opens the storages of its savepoints.</param>
internal sealed record CheckpointedJob(JobId Id, JobGraph Graph, CheckpointSettings Settings, CheckpointStore Store, CheckpointStorages Storages);

/// <summary>A storage that this coordinator has taken over.</summary>
/// <param name="Address">Its address. May hold a password, so it is not logged.</param>
/// <param name="Storage">The storage.</param>
/// <param name="Epoch">The epoch of this coordinator.</param>
internal sealed record CheckpointStore(string Address, ICheckpointStorage Storage, Epoch Epoch);

/// <summary>What the checkpoint coordinator tells the job's master.</summary>
internal interface ICheckpointOwner
{
    /// <summary>The tasks of the current attempts of all regions.</summary>
    IEnumerable<TaskExecution> Tasks { get; }

    /// <summary>Sends a message to the workers of each region that has not failed and has not ended.</summary>
    /// <param name="message">Creates it for an attempt.</param>
    void TellTasks(Func<Attempt, WorkerMessage> message);

    /// <summary>The attempts of all regions fail, and may restart.</summary>
    void FailAttempt(QueryStreamException failure);

    /// <summary>The regions that wait for their restart cannot restart now, which counts as a failure of its own.</summary>
    void FailRestart(QueryStreamException failure);

    /// <summary>The job fails, and must not restart.</summary>
    void FailJob(QueryStreamException failure);
}
