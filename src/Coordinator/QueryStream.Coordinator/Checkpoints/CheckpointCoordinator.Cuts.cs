using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>
/// Takes the checkpoint with which tasks move: its number is known before it is triggered, and until the move is over no other one is triggered.
/// </summary>
internal sealed partial class CheckpointCoordinator
{
    private bool _wantsCut;

    // The number of that checkpoint, until the move is over; null: nothing moves.
    private CheckpointId? _cut;

    /// <summary>Whether tasks have ended, so that their last parts stand for them.</summary>
    public bool HasEndedTasks => _final.Count > 0;

    /// <summary>Tasks are to move: <see cref="ICheckpointOwner.OnCutReserved"/> follows as soon as no checkpoint is under way.</summary>
    public void RequestCut()
    {
        _wantsCut = true;
        Schedule();
    }

    /// <summary>
    /// All tasks know of the move: triggers its checkpoint. <see cref="ICheckpointOwner.OnCut"/> or
    /// <see cref="ICheckpointOwner.OnCutFailed"/> follows.
    /// </summary>
    public void TriggerCut()
    {
        _schedule.StartInterval();
        Trigger(savepoint: null);
    }

    /// <summary>The move is not begun: those that know of it go on.</summary>
    public void CancelCut()
    {
        _wantsCut = false;
        if (_cut is { } cut)
        {
            _cut = null;
            _owner.TellTasks(attempt => new CheckpointAborted(_job.Id, attempt, cut));
        }

        Schedule();
    }

    /// <summary>The move is over.</summary>
    public void EndCut()
    {
        _cut = null;
        Schedule();
    }

    // Whether a checkpoint that has failed was that of a move, which is over with it.
    private bool ForgetCut(CheckpointId checkpoint)
    {
        bool wasCut = _cut == checkpoint;
        _cut = wasCut ? null : _cut;
        return wasCut;
    }

    private void ReserveCut()
    {
        _wantsCut = false;
        _cut = new CheckpointId(_nextId++);
        _owner.OnCutReserved(_cut.Value);
    }
}
