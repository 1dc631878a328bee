using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Snapshots;

/// <summary>Measures the parts of a task's snapshots. Used in turns of the task.</summary>
/// <param name="time">The clock.</param>
internal sealed class SnapshotClock(TimeProvider time)
{
    // Of the last checkpoint only: a newer one replaces one whose barriers have not all come.
    private (CheckpointId Checkpoint, long At) _trigger;
    private (CheckpointId Checkpoint, long At) _barrier;
    private SnapshotTimes _times;
    private long _begun;

    /// <summary>The task was told of a checkpoint.</summary>
    public void OnTrigger(CheckpointId checkpoint) => _trigger = (checkpoint, time.GetTimestamp());

    /// <summary>A barrier has come on one channel.</summary>
    public void OnBarrier(CheckpointId checkpoint)
    {
        if (checkpoint.Number > _barrier.Checkpoint.Number)
        {
            _barrier = (checkpoint, time.GetTimestamp());
        }
    }

    /// <summary>The barrier has come on all channels, or is sent by a source.</summary>
    public void Begin(CheckpointId checkpoint)
    {
        _begun = time.GetTimestamp();
        long first = _barrier.Checkpoint == checkpoint ? _barrier.At : _begun;
        bool isTriggered = _trigger.Checkpoint == checkpoint && _trigger.At < first;
        _times = new SnapshotTimes(
            isTriggered ? time.GetElapsedTime(_trigger.At, first) : TimeSpan.Zero, time.GetElapsedTime(first, _begun), default, default);
    }

    /// <summary>All operators have captured their state.</summary>
    /// <returns>The times so far, and when that was.</returns>
    public (SnapshotTimes Times, long At) Captured()
    {
        long now = time.GetTimestamp();
        return (_times with { Sync = time.GetElapsedTime(_begun, now) }, now);
    }

    /// <summary>The captures of a snapshot are stored.</summary>
    public SnapshotTimes Written(SnapshotTimes times, long capturedAt) => times with { Async = time.GetElapsedTime(capturedAt) };
}
