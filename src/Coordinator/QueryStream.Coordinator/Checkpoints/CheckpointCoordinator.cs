using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
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
    private readonly ILogger _log;
    private readonly CheckpointHistory _history = new();
    private readonly CheckpointSchedule _schedule;
    private readonly RetainedCheckpoints _retained;
    private readonly Dictionary<TaskId, TaskSnapshot> _final = [];
    private readonly Queue<SavepointRequest> _savepoints = new();
    private int _openingSavepoints;

    private CheckpointedJob _job;

    // Whether checkpoints are taken: all tasks of all regions run or have finished.
    private bool _isActive;
    private PendingCheckpoint? _pending;
    private ITimer? _timeout;
    private ITimer? _due;
    private long _timer;
    private long _nextId;
    private int _expectedTasks;

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
        _schedule = new CheckpointSchedule(job.Settings, context.Time);
        _retained = new RetainedCheckpoints(job.Id, job.Settings.NumRetained);
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

    /// <summary>Whether somebody waits for a savepoint.</summary>
    public bool HasSavepoint => _pending?.Savepoint is not null || _savepoints.Count > 0 || _openingSavepoints > 0;

    /// <summary>Whether the savepoint under way is one with which the job stops.</summary>
    public bool IsStopping => _pending?.Savepoint?.Stop is not null;

    /// <summary>All tasks of all regions run or have finished: checkpoints are taken from now on.</summary>
    public void StartAttempt(string? restoredFrom)
    {
        _isActive = true;
        _schedule.StartInterval();
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
            _schedule.Withdraw(task.Id);
        }
    }

    /// <summary>All regions restart at another parallelism: nothing that is known of their tasks is of use.</summary>
    public void Rescale(JobGraph graph)
    {
        _job = _job with { Graph = graph };
        _final.Clear();
        _schedule.WithdrawAll();
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
            _pending.Acknowledge(part, _context.Time.GetUtcNow());
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
            case CheckpointEvent.StopMarked marked when _pending?.Id == marked.Checkpoint:
                OnStopMarked(_pending, marked);
                break;
            case CheckpointEvent.MarkStopAgain again when _pending?.Id == again.Checkpoint:
                MarkStopped(_pending, again.Manifest);
                break;
            case CheckpointEvent.CommitResolved resolved:
                OnCommitResolved(resolved.Result);
                break;
            case CheckpointEvent.Cleaned cleaned:
                OnCleaned(cleaned.Deleted);
                break;
        }
    }

    // Triggers what is due, or sets the timer for it.
    private void Schedule()
    {
        _due?.Dispose();
        if (!_isActive || _pending is not null || StoppedWith is not null || _cut is not null)
        {
            return;
        }

        if (_wantsCut)
        {
            ReserveCut();
            return;
        }

        if (_savepoints.TryDequeue(out SavepointRequest? savepoint))
        {
            Trigger(savepoint);
            return;
        }

        TimeSpan wait = _schedule.UntilDue(Statistics.ConsecutiveFailures);
        if (wait > TimeSpan.Zero)
        {
            _due = _context.After(wait, new CheckpointEvent.Due(++_timer));
            return;
        }

        _schedule.StartInterval();
        Trigger(savepoint: null);
    }

    private void Trigger(SavepointRequest? savepoint)
    {
        TaskId[] expected = [.. _owner.Tasks.Where(task => !task.HasEnded && !_final.ContainsKey(task.Id)).Select(task => task.Id)];
        if (_owner.Tasks.All(task => task.HasEnded))
        {
            // The job is about to end. What has asked for a checkpoint gets none, and would else be due again at once, for ever.
            const string reason = "the job has ended";
            if (savepoint is not null)
            {
                Fail(savepoint, reason);
            }

            FailSavepoints(reason);
            _due = _context.After(Settings.Interval, new CheckpointEvent.Due(++_timer));
            return;
        }

        CheckpointId id = _cut ?? new CheckpointId(_nextId++);
        if (Serves(savepoint))
        {
            _schedule.OnServed();
        }

        _expectedTasks = expected.Length;
        _pending = new PendingCheckpoint(id, savepoint, expected, _context.Time.GetUtcNow(), _context.Time.GetTimestamp());
        _timeout = _context.After(Settings.Timeout, new CheckpointEvent.TimedOut(id));
        CheckpointKind kind = _pending.Kind;
        CheckpointId? reused = savepoint is null && !_storesAll ? _retained.Latest?.Id : null;
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

    // Ends the checkpoint under way, completed or failed.
    private PendingCheckpoint End()
    {
        PendingCheckpoint pending = _pending!;
        _pending = null;
        _schedule.OnEnded();
        _timeout?.Dispose();
        return pending;
    }

    private void Show() => _history.Progress(_pending?.ToInfo(_expectedTasks));
}
