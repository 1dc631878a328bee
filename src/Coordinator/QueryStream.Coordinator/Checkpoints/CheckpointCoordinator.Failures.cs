using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>Gives up the checkpoint under way where it fails, takes too long, or its attempt ends.</summary>
internal sealed partial class CheckpointCoordinator
{
    // Those that count as failures of the job, since the last checkpoint that was complete or the last start.
    private int _consecutiveFailures;
    private bool _hasDropped;

    /// <summary>
    /// The attempt of a region, or of all, has ended or is failing, so that no checkpoint can be complete. The tasks of the regions that go on are
    /// told what becomes of the one under way. A commit in flight goes on, since its outcome decides what is restored. May be called again.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="isFailure">Whether a checkpoint under way has failed by that; otherwise the job has ended before it was complete.</param>
    public void EndAttempt(string reason, bool isFailure)
    {
        _isActive = false;
        (_wantsCut, _cut) = (false, null);
        _due?.Dispose();
        FailSavepoints(reason);
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

    private void FailSavepoints(string reason)
    {
        while (_savepoints.TryDequeue(out SavepointRequest? savepoint))
        {
            Fail(savepoint, reason);
        }
    }

    private static bool IsOfStorage(ErrorInfo? error) =>
        error is not null && (error.Code == ErrorCode.CheckpointStorage || IsOfStorage(error.Cause));

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
        bool wasCut = ForgetCut(pending.Id);
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
            if (wasCut)
            {
                _owner.OnCutFailed(reason);
            }

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

    private bool IsTooManyFailures(bool isOfStorage)
    {
        bool counts = Settings.TolerableFailures is not null || !isOfStorage;
        _consecutiveFailures += counts ? 1 : 0;
        return counts && _consecutiveFailures > (Settings.TolerableFailures ?? 0);
    }
}
