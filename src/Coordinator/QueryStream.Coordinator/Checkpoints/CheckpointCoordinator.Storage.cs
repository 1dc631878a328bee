using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Commits manifests, and deletes what no retained checkpoint needs.</summary>
internal sealed partial class CheckpointCoordinator
{
    private static readonly TimeSpan CommitRetryDelay = TimeSpan.FromSeconds(1);

    // The last checkpoint whose commit may have succeeded without an answer, unless a newer one is complete.
    private PendingCheckpoint? _unresolved;
    private bool _isResolving;

    // Whether the storage has lost segments: then the next checkpoint refers to none of earlier ones.
    private bool _storesAll;
    private bool _isCleaning;

    /// <summary>The last complete checkpoint of this job; null: none.</summary>
    public RestorePlan? Restore => _retained.Latest is { } latest ? new RestorePlan(Store.Address, _job.Id, latest.Id) : null;

    /// <summary>The path of <see cref="Restore"/>.</summary>
    public string? RestorePath => _retained.Latest is { } latest ? PathOf(latest.Id) : null;

    /// <summary>
    /// Before a restart: finds out about a commit that had no answer. If it has succeeded, restoring an older checkpoint would process rows twice
    /// that sinks have committed.
    /// </summary>
    /// <returns>Whether that takes time; then <see cref="CheckpointEvent.CommitResolved"/> follows.</returns>
    public bool Resolve()
    {
        if (_unresolved is not { } unresolved)
        {
            return false;
        }

        _isResolving = true;
        _context.Start(
            cancellationToken => Store.Storage.CommitAsync(unresolved.Manifest!, cancellationToken),
            result => new CheckpointEvent.CommitResolved(result));
        return true;
    }

    private string PathOf(CheckpointId id) => CheckpointPath.Of(Store.Storage, new StoredCheckpoint(_job.Id, id));

    private void Commit(PendingCheckpoint pending)
    {
        pending.IsCommitting = true;
        JobSnapshot state = pending.ToSnapshot(_final);
        pending.Manifest = pending.ToManifest(
            _job.Id,
            _job.Graph,
            AttemptsOfVertices(),
            pending.Savepoint?.Epoch ?? Store.Epoch,
            state,
            _context.Time.GetElapsedTime(pending.StartedAt));
        SendCommit(pending);
    }

    private void SendCommit(PendingCheckpoint pending)
    {
        pending.IsCommitInFlight = true;
        CheckpointManifest manifest = pending.Manifest!;
        if (pending.Savepoint is { } savepoint)
        {
            Attempt last = new(_owner.Tasks.Max(task => task.Attempt.Number));
            SavepointCopy copy = new(Store.Storage, _job.Storages.Get(savepoint.Address), savepoint.Epoch, last);
            _context.Start(
                cancellationToken => copy.CommitAsync(manifest, cancellationToken),
                result => new CheckpointEvent.CommitAnswered(pending.Id, result));
            return;
        }

        ICheckpointStorage storage = Store.Storage;
        _context.Start(
            async cancellationToken =>
                new CommittedManifest(manifest, await storage.CommitAsync(manifest, cancellationToken).ConfigureAwait(false)),
            result => new CheckpointEvent.CommitAnswered(pending.Id, result));
    }

    private void OnCommitAnswered(PendingCheckpoint pending, IoResult<CommittedManifest> result)
    {
        pending.IsCommitInFlight = false;
        if (!result.Succeeded)
        {
            string reason = $"its manifest could not be committed: {result.Failure.Message}";
            if (pending.GivenUp is not null || pending.Savepoint is not null)
            {
                Abort(pending.GivenUp is string givenUp ? $"{givenUp}; {reason}" : reason, isOfStorage: true);
            }
            else
            {
                Log.CommitFailed(_log, pending.Id, _job.Graph.Name, result.Failure.Message);
                _context.After(CommitRetryDelay, new CheckpointEvent.CommitAgain(pending.Id));
            }
        }
        else if (result.Value.Result is CommitResult.Fenced fenced)
        {
            OnFenced(End(), fenced.By);
        }
        else if (result.Value.Result is CommitResult.Incomplete incomplete)
        {
            // It is known not to be complete.
            pending.IsCommitting = false;
            _storesAll |= pending.Savepoint is null;
            Abort($"the storage has lost state that earlier checkpoints have stored: there is no {incomplete.Missing}", isOfStorage: true);
        }
        else if (pending.Savepoint is { Stop: not null })
        {
            MarkStopped(pending, result.Value.Manifest);
        }
        else
        {
            Complete(pending, result.Value.Manifest);
        }
    }

    private void Complete(PendingCheckpoint pending, CheckpointManifest manifest)
    {
        TimeSpan duration = _context.Time.GetElapsedTime(pending.StartedAt);
        long failedBefore = Statistics.ConsecutiveFailures;
        End();
        _consecutiveFailures = 0;
        string path = pending.Savepoint is { } savepoint ? PathOf(savepoint) : PathOf(pending.Id);
        _history.Completed(pending.ToInfo(_expectedTasks), manifest, path, duration);
        Log.CheckpointCompleted(_log, pending.Kind, pending.Id, _job.Graph.Name, Durations.Format(duration), path);
        foreach (OperatorLedger part in manifest.State.Unbalanced)
        {
            Log.RowsMissing(_log, pending.Kind, pending.Id, _job.Graph.Name, part);
        }

        if (failedBefore > 0)
        {
            Log.CheckpointsCompleteAgain(_log, _job.Graph.Name, failedBefore);
        }

        if (pending.Savepoint is { } request)
        {
            CompleteSavepoint(pending.Id, request, path);
        }
        else
        {
            _storesAll = false;
            _schedule.OnCompleted();
            Retain(manifest);
            _owner.TellTasks(attempt => new CheckpointCompleted(_job.Id, attempt, pending.Id));
            Clean();
        }

        if (pending.Id == _cut)
        {
            _owner.OnCut(pending.Parts);
        }

        Schedule();
    }

    // Sinks commit for a savepoint only if the job stops with it: a restart goes back to the last checkpoint, before the savepoint, and would repeat
    // what they have committed. Otherwise they carry on with what they have prepared, as after an aborted checkpoint.
    private void CompleteSavepoint(CheckpointId id, SavepointRequest request, string path)
    {
        if (request.Stop is null)
        {
            _owner.TellTasks(attempt => new CheckpointAborted(_job.Id, attempt, id));
        }
        else
        {
            StoppedWith = path;
            _owner.TellTasks(attempt => new CheckpointCompleted(_job.Id, attempt, id));
        }

        request.Path.TrySetResult(path);
    }

    private void Retain(CheckpointManifest manifest)
    {
        if (_unresolved is { } unresolved && unresolved.Id != manifest.Id)
        {
            _retained.MarkObsolete(unresolved.Id);
        }

        _unresolved = null;
        _retained.Add(manifest);
    }

    // The next checkpoint cleans again, so a failure and what comes while one is under way can wait for it.
    private void Clean()
    {
        if (_isCleaning)
        {
            return;
        }

        _isCleaning = true;
        _context.Start(NewCleanup().RunAsync, result => new CheckpointEvent.Cleaned(result));
    }

    private CheckpointCleanup NewCleanup() => new(Store.Storage, Store.Epoch, _job.Id, _retained.Obsolete)
    {
        Needed =
        [
            .. _retained.Segments,
            .. _final.Values.SelectMany(part => part.Chunks).Select(chunk => chunk.Content.Segment),
        ],
        Attempts = AttemptsOfVertices(),
        OldestPending = _pending?.Id ?? new CheckpointId(_nextId),
    };

    private Dictionary<VertexId, Attempt> AttemptsOfVertices()
    {
        Dictionary<VertexId, Attempt> attempts = [];
        foreach (TaskExecution task in _owner.Tasks)
        {
            attempts[task.Id.Vertex] = task.Region;
        }

        return attempts;
    }

    private void OnCleaned(IoResult<IReadOnlyList<StoredCheckpoint>> deleted)
    {
        _isCleaning = false;
        if (deleted.Succeeded)
        {
            _retained.OnDeleted(deleted.Value);
        }
        else
        {
            Log.CleanupFailed(_log, _job.Graph.Name, deleted.Failure.Message);
        }
    }

    private void OnCommitResolved(IoResult<CommitResult> result)
    {
        _isResolving = false;
        PendingCheckpoint unresolved = _unresolved!;
        if (!result.Succeeded)
        {
            _owner.FailRestart(new CheckpointFailedException(
                $"The job cannot restart before it is known whether checkpoint {unresolved.Id} is complete: {result.Failure.Message}",
                result.Failure));
        }
        else if (result.Value is CommitResult.Fenced fenced)
        {
            OnFenced(unresolved, fenced.By);
        }
        else if (result.Value is CommitResult.Incomplete)
        {
            _unresolved = null;
            _storesAll = true;
        }
        else
        {
            Retain(unresolved.Manifest!);
            _history.Completed(
                unresolved.ToInfo(_expectedTasks), unresolved.Manifest!, PathOf(unresolved.Id), _context.Time.GetElapsedTime(unresolved.StartedAt));
        }
    }

    private void OnFenced(PendingCheckpoint pending, Epoch? by)
    {
        string other = by is { } epoch ? $"its epoch is {epoch}, that of this one {Store.Epoch}" : $"the epoch of this one, {Store.Epoch}, is over";
        CheckpointFailedException failure = new(
            $"Another coordinator has taken over the checkpoints in {Store.Storage.Address}: {other}. This one stops the job, so that it does not "
            + "run twice.");
        _unresolved = null;
        _history.Failed(pending.ToInfo(_expectedTasks), failure.Message, _context.Time.GetElapsedTime(pending.StartedAt));
        pending.Savepoint?.Path.TrySetException(failure);
        _owner.FailJob(failure);
    }
}
