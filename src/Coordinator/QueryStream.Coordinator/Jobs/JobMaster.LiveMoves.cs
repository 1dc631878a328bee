using QueryStream.Checkpoints.Snapshots;
using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// Moves subtasks with their key groups while all others go on, see docs/design/live-moves.md. Any failure while a move is under way restarts the
/// region, and so ends the move.
/// </summary>
internal sealed partial class JobMaster
{
    private LiveMove? _liveMove;

    // Workers that have said that they leave while a move was under way.
    private readonly Queue<WorkerId> _alsoLeaving = new();

    // While the job waits whether more workers join before some of its subtasks move to them.
    private ITimer? _spread;

    // Why subtasks cannot move while others go on; null: they can.
    private string? ReasonNotToMoveLive =>
        _rescale is not null || _move is not null ? "it is being rescaled, or moves with a restart already"
        : _checkpoints is { IsStopping: true } or { StoppedWith: not null } ? "it stops with a savepoint"
        : _checkpoints!.HasEndedTasks || Tasks.Any(task => task.State != ExecutionState.Running) ? "some of its tasks have ended"
        : null;

    /// <inheritdoc/>
    public void OnCutReserved(CheckpointId checkpoint)
    {
        if (_liveMove is not { Phase: LiveMovePhase.Waiting } move || _status != JobStatus.Running)
        {
            _checkpoints!.CancelCut();
        }
        else if (ReasonNotToMoveLive is string reason)
        {
            AbandonMove(reason);
        }
        else
        {
            move.Phase = LiveMovePhase.Preparing;
            foreach (RegionExecution region in Executions)
            {
                move.Await(region.PrepareMove(checkpoint, MovingOf(region, move)));
            }
        }
    }

    /// <inheritdoc/>
    public void OnCutFailed(string reason)
    {
        if (_liveMove is not null)
        {
            AbandonMove($"its checkpoint has failed: {reason}");
        }
    }

    /// <inheritdoc/>
    public void OnCut(IReadOnlyDictionary<TaskId, TaskSnapshot> parts)
    {
        if (_liveMove is not { Phase: LiveMovePhase.Cutting } move || _status != JobStatus.Running)
        {
            return;
        }

        if (_end is not null || ReasonNotToMoveLive is not null)
        {
            // The subtasks have stopped, so they restart from here with all others.
            Log.NotMovedLive(_log, Graph.Name, _handle.Id, ReasonNotToMoveLive ?? "it ends");
            Restart(move.Cause, _regions, TimeSpan.Zero, RestoresFrom);
            return;
        }

        move.Phase = LiveMovePhase.Deploying;
        move.Reach(RecoveryPhase.Stopped);
        move.Change(view => view with { RestoredFrom = RestorePath });
        move.Former = [.. move.Targets.Keys.Select(number => _slots[number].Slot)];
        _slots = [.. _slots.Select((slot, number) => move.Targets.GetValueOrDefault(number, slot))];
        Record(JobEventKind.Moved, TextOf(move), move.View);
        foreach (RegionExecution region in Executions)
        {
            if (MovingOf(region, move) is { Length: > 0 } moving)
            {
                DeployTasks deployment = new(_handle.Id, new Attempt(_attempts++), Plan, [])
                {
                    Checkpoints = _checkpoints!.Plan,
                    Restore = _checkpoints.Restore,
                };
                move.Await(region.Move(_slots, moving.ToDictionary(task => task.Id, task => parts[task.Id]), deployment, Context.Time));
            }
        }

        _changed = true;
    }

    private static TaskExecution[] MovingOf(RegionExecution region, LiveMove move) =>
        [.. region.Tasks.Where(task => move.Targets.ContainsKey(SlotOf(task)))];

    private static int SlotOf(TaskExecution task) => task.Vertex.FirstSlot + task.Id.Subtask;

    private string TextOf(LiveMove move)
    {
        string to = string.Join(", ", move.Targets.Values.Select(slot => slot.Slot.Worker.Name).Distinct().Order(StringComparer.Ordinal));
        return $"{CountOf(move.Targets.Count)} of {_slots.Count} moved to {to} while the subtasks in the others went on. {move.Cause.Message}";
    }

    private void BeginMove(QueryStreamException cause)
    {
        // A restart before the end of the move takes slots anew, and so gives back those that the move holds.
        _needsSlots = true;
        _liveMove = new LiveMove(cause, Context.Time.GetTimestamp(), new JobRecovery(0, Context.Time.GetUtcNow()), Context.Time);
    }

    private void Drain(WorkerLeavesException cause, WorkerId worker)
    {
        BeginMove(cause);
        _cluster.Tell(new MasterMessage.HoldSlots(_handle.Id, _slots.Count + _slots.Count(slot => slot.Slot.Worker == worker)));
        _liveMove!.Former = [.. _slots.Where(slot => slot.Slot.Worker == worker).Select(slot => slot.Slot)];
    }

    private void OnSlotsForMove(LiveMove move, JobMasterMessage.SlotsHeld held)
    {
        if (held.TooFew is { } tooFew)
        {
            AbandonMove(tooFew.Message);
            return;
        }

        int next = 0;
        Place(move, move.Former.ToDictionary(slot => NumberOf(slot), _ => held.Slots[next++]));
    }

    private int NumberOf(SlotId slot) => Enumerable.Range(0, _slots.Count).First(number => _slots[number].Slot == slot);

    private void Place(LiveMove move, Dictionary<int, AllocatedSlot> targets)
    {
        move.Targets = targets;
        move.Phase = LiveMovePhase.Waiting;
        move.Reach(RecoveryPhase.Placed);
        _checkpoints!.RequestCut();
    }

    private void OnMoveAnswered(WorkerId worker, JobReport answer)
    {
        if (_liveMove is not { } move || _status != JobStatus.Running || !move.Answer(worker, answer.Attempt))
        {
            return;
        }

        if (move.Phase == LiveMovePhase.Deploying)
        {
            move.Phase = LiveMovePhase.Starting;
            move.Reach(RecoveryPhase.Deployed);
            UpdateEvent(move.View);
            _earlier = JobTotals.Add(_earlier, JobTotals.Of(Departing, _runningSince, Context.Time));
            foreach (RegionExecution region in Executions)
            {
                region.Reconnect();
            }

            _cluster.Tell(new MasterMessage.ReturnSlots(_handle.Id, move.Former));
        }
        else if (ReasonNotToMoveLive is string reason)
        {
            AbandonMove(reason);
        }
        else
        {
            move.Phase = LiveMovePhase.Cutting;
            _checkpoints!.TriggerCut();
        }
    }

    private void EndMoveIfStarted()
    {
        if (_liveMove is not { Phase: LiveMovePhase.Starting } move || !_regions.All(region => region.HasStarted))
        {
            return;
        }

        move.Reach(RecoveryPhase.Running);
        UpdateEvent(move.View);
        Log.MovedLive(_log, Graph.Name, _handle.Id, TextOf(move), Milliseconds(move.View.Total!.Value));
        _liveMove = null;
        _needsSlots = false;
        _checkpoints!.EndCut();
        Publish();
        AfterMove();
    }

    // It has not stopped anything yet, or what it has stopped goes on.
    private void AbandonMove(string reason)
    {
        LiveMove move = _liveMove!;
        _liveMove = null;
        Log.NotMovedLive(_log, Graph.Name, _handle.Id, reason);
        _checkpoints!.CancelCut();
        if (move.Cause is WorkerLeavesException)
        {
            // The slots that it holds stay with the job until it restarts.
            MoveAfterCheckpoint(move.Cause);
        }
        else
        {
            _needsSlots = false;
            if (move.Targets.Count > 0)
            {
                _cluster.Tell(new MasterMessage.ReturnSlots(_handle.Id, [.. move.Targets.Values.Select(slot => slot.Slot)]));
            }
        }

        AfterMove();
    }

    // The job restarts, or ends.
    private void ForgetMove(int? restart)
    {
        if (_liveMove is { Phase: >= LiveMovePhase.Deploying } move)
        {
            move.Change(view => view with { SupersededBy = restart });
            UpdateEvent(move.View);
        }

        _liveMove = null;
        _alsoLeaving.Clear();
    }

    private void AfterMove()
    {
        if (_alsoLeaving.TryDequeue(out WorkerId worker))
        {
            OnWorkerLeaves(worker);
        }

        ConsiderScalingUp();
    }

    private void OnWorkerJoined() =>
        _spread ??= Context.After(_services.Options.ResourceStabilizationTimeout, new JobMasterMessage.SpreadDue());

    private void OnSpreadDue()
    {
        _spread = null;
        if (_liveMove is not null || _status == JobStatus.Restarting)
        {
            // The next attempt, or this move, may use the worker.
            OnWorkerJoined();
        }
        else if (_status == JobStatus.Running && _end is null && _checkpoints is not null && !CanScaleUp && ReasonNotToMoveLive is null)
        {
            BeginMove(new SubtasksSpreadException());
            _cluster.Tell(new MasterMessage.SpreadSlots(_handle.Id));
        }
    }

    private void OnSlotsSpread(IReadOnlyList<SpreadSlot> slots)
    {
        if (_liveMove is not { Phase: LiveMovePhase.Placing, Cause: SubtasksSpreadException } move)
        {
            // A restart gives them back with all others.
            if (_status == JobStatus.Running && slots.Count > 0)
            {
                _cluster.Tell(new MasterMessage.ReturnSlots(_handle.Id, [.. slots.Select(slot => slot.To.Slot)]));
            }
        }
        else if (slots.Count == 0)
        {
            _liveMove = null;
            _needsSlots = false;
            AfterMove();
        }
        else
        {
            Place(move, slots.ToDictionary(slot => NumberOf(slot.From), slot => slot.To));
        }
    }
}
