using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>Passes barriers and writes snapshots.</summary>
internal sealed partial class StreamTask
{
    // A task that finishes writes its final snapshot under this number: it is part of all later checkpoints.
    private static readonly CheckpointId Final = new(0);

    private static readonly TimeSpan FinalRetryDelay = TimeSpan.FromSeconds(1);

    // Checkpoints whose barriers the source must still send.
    private readonly Queue<SnapshotTrigger> _barriersDue = new();

    // Snapshots whose barrier has passed the task before it was told where to write them.
    private readonly List<SnapshotInProgress> _untriggered = [];

    // Snapshots whose barrier has passed the task, and that are being written.
    private readonly List<SnapshotInProgress> _writing = [];

    private readonly SnapshotWriter _writer = new(context);
    private readonly SnapshotClock _clock = new(context.Time);

    // Where this coordinator has its checkpoints; null: it takes none.
    private CheckpointTarget? _target = context.Deployment.Checkpoints;

    // Reported when the task had nothing left to do; null before.
    private TaskSnapshot? _finalSnapshot;

    private StreamNode Head => Deployment.Vertex.Head;

    private EventTime Watermark => _chain!.Source?.Watermark ?? _combiner.Current;

    // All operators have forwarded the barrier, but the sinks wait for answers to what they wrote before it.
    private bool AwaitsSinks =>
        context.Snapshot is { } snapshot && snapshot.Count + PreparingSinks == context.Stateful.Count && !context.Work.HasUnfinished;

    private void TriggerSnapshot(SnapshotTrigger trigger)
    {
        if (_state >= TaskState.Finished)
        {
            return;
        }

        if (_finalSnapshot is { } last)
        {
            // The task has ended and waits for a checkpoint with its final snapshot. The report may have been lost, so it is sent again.
            context.Environment.Events.Snapshotted(last, Deployment.Attempt);
        }

        _clock.OnTrigger(trigger.Checkpoint);

        // Triggers come in order, so older ones will not come.
        Drop(_untriggered.Where(snapshot => snapshot.Checkpoint.Number < trigger.Checkpoint.Number));
        if (_untriggered.Find(snapshot => snapshot.Checkpoint == trigger.Checkpoint) is { } waiting)
        {
            _untriggered.Remove(waiting);
            Write(waiting, trigger);
            return;
        }

        context.Triggers.Add(trigger);
        if (_chain!.Source is not null)
        {
            _barriersDue.Enqueue(trigger);
        }
    }

    private bool TakeInput(ISourceOperator source)
    {
        if (source.HasEnded || _stopsReading is not null)
        {
            return false;
        }

        // Where splits begin is known only after the first poll.
        if (context.Snapshot is null && source.HasBegun && _barriersDue.TryDequeue(out SnapshotTrigger? trigger))
        {
            SendBarrier(source, trigger);
            return true;
        }

        bool isFirst = !source.HasBegun;
        return source.TakeInput() || (isFirst && _barriersDue.Count > 0);
    }

    private void SendBarrier(ISourceOperator source, SnapshotTrigger trigger)
    {
        // Between the barrier and the next row, event time can then only move because time passes: what is due now belongs to this checkpoint.
        source.AdvanceToNow();
        if (trigger.Stop == SnapshotStop.Drain)
        {
            source.Drain();
        }

        if (trigger.Stop != SnapshotStop.None || MovesWith(trigger.Checkpoint))
        {
            _stopsReading = trigger.Checkpoint;
        }

        BeginSnapshot(trigger.Checkpoint);
        source.SendBarrier(trigger.Checkpoint);
    }

    // A checkpoint was aborted: its barrier is neither sent nor awaited.
    private void AbortAlignment(CheckpointId checkpoint)
    {
        for (int due = _barriersDue.Count; due > 0; due--)
        {
            if (_barriersDue.Dequeue() is var one && one.Checkpoint != checkpoint)
            {
                _barriersDue.Enqueue(one);
            }
        }

        context.Triggers.RemoveAll(trigger => trigger.Checkpoint == checkpoint);
        _gate.Abort(checkpoint);
    }

    // Its barrier may be on its way through the operators, or its captures may be waiting or being written.
    private void AbortSnapshot(CheckpointId checkpoint)
    {
        if (context.Snapshot is { } passing && passing.Checkpoint == checkpoint)
        {
            passing.Abort();
        }

        Drop(_untriggered.Where(snapshot => snapshot.Checkpoint == checkpoint));
        _writing.Find(snapshot => snapshot.Checkpoint == checkpoint)?.Abort();
    }

    private void ForgetTriggers(CheckpointId upTo) => context.Triggers.RemoveAll(trigger => trigger.Checkpoint.Number <= upTo.Number);

    private void Drop(IEnumerable<SnapshotInProgress> snapshots)
    {
        foreach (SnapshotInProgress snapshot in snapshots.ToArray())
        {
            _untriggered.Remove(snapshot);
            snapshot.Release();
        }
    }

    private void BeginSnapshot(CheckpointId checkpoint)
    {
        context.Snapshot = new SnapshotInProgress(checkpoint);
        _clock.Begin(checkpoint);
        context.LastBarrier = checkpoint == Final ? context.LastBarrier : checkpoint;
    }

    private void CompleteSnapshot()
    {
        if (AwaitsSinks && _chain!.Sinks.All(sink => sink.IsPrepared))
        {
            BeginWriting(context.Snapshot!);
        }
    }

    // The barrier has passed all operators. The task goes on while its captures are written.
    private void BeginWriting(SnapshotInProgress snapshot)
    {
        // The barrier has passed all operators, and none has taken a row since.
        snapshot.Ledger = context.Ledger.Capture();
        snapshot.Measured = _clock.Captured();
        context.Snapshot = null;
        if (MovesWith(snapshot.Checkpoint) && !snapshot.IsAborted)
        {
            // Before another element is taken: the task in its place gets it.
            _stopped = snapshot.Checkpoint;
        }

        bool isFinal = snapshot.Checkpoint == Final;
        snapshot.Watermark = isFinal ? EventTime.MaxValue : Watermark;
        SnapshotTrigger? trigger = isFinal ? FinalTrigger() : context.Triggers.Find(trigger => trigger.Checkpoint == snapshot.Checkpoint);
        ForgetTriggers(upTo: snapshot.Checkpoint);
        if (snapshot.IsAborted || (isFinal && trigger is null))
        {
            // Without checkpoints, nobody asks for the final snapshot of a task that ends.
            snapshot.Release();
            CloseIfFinishedOnRestore();
        }
        else if (trigger is null)
        {
            _untriggered.Add(snapshot);
        }
        else
        {
            Write(snapshot, trigger);
        }

        // Work that waited for the barrier can continue.
        context.Io.Wake();
    }

    private SnapshotTrigger? FinalTrigger() => _target is { } target ? new SnapshotTrigger(Final, target) : null;

    private void Write(SnapshotInProgress snapshot, SnapshotTrigger trigger)
    {
        if (trigger.Stop != SnapshotStop.None)
        {
            _stopped = snapshot.Checkpoint;
        }

        if (trigger.Stop == SnapshotStop.Drain)
        {
            // Event time has ended only for this run: rows that are read after a restore are not late.
            snapshot.Watermark = snapshot.Watermark == EventTime.MaxValue ? EventTime.MinValue : snapshot.Watermark;
        }

        _writing.Add(snapshot);
        StartWriting(snapshot, trigger);
    }

    private void StartWriting(SnapshotInProgress snapshot, SnapshotTrigger trigger)
    {
        Func<ReusableChunks> reusable = _writer.ReusableOf(trigger);
        context.Io.Start(
            cancellationToken => _writer.WriteAsync(snapshot, trigger.Target, reusable, cancellationToken),
            result => OnWritten(snapshot, trigger, result));
    }

    private void OnWritten(SnapshotInProgress snapshot, SnapshotTrigger trigger, IoResult<IReadOnlyList<OperatorSnapshot>> result)
    {
        bool isFinal = snapshot.Checkpoint == Final;
        if (isFinal && !result.Succeeded && result.Failure is CheckpointStorageException)
        {
            // The storage may be unavailable for hours. The task waits with its final snapshot, while others continue without checkpoints.
            context.Timers.After(FinalRetryDelay, () => StartWriting(snapshot, FinalTrigger()!));
            return;
        }

        if (isFinal && result.Succeeded && trigger.Target != _target)
        {
            // Another coordinator has taken over, and deletes what was stored under the epoch before its own and is part of no checkpoint.
            StartWriting(snapshot, FinalTrigger()!);
            return;
        }

        _writing.Remove(snapshot);
        bool isAborted = snapshot.IsAborted;
        snapshot.Release();
        string operatorName = snapshot.Writing ?? Head.Name;
        SnapshotTimes times = _clock.Written(snapshot.Measured.Times, snapshot.Measured.CapturedAt);
        if (result.Succeeded)
        {
            TaskSnapshot written = new(Deployment.Id, snapshot.Checkpoint, result.Value)
            {
                KeyGroups = Deployment.Graph.KeyGroups,
                Watermark = snapshot.Watermark,
                HasEnded = isFinal,
                LastBarrier = context.LastBarrier,
                Ledger = snapshot.Ledger,
                Times = times,
            };
            if (!isFinal && !isAborted && trigger.Target == _target)
            {
                _writer.Keep(written);
            }

            if (!isFinal)
            {
                context.Metrics.Checkpoint = new CheckpointSample(
                    times.StartDelay, times.Alignment, written.Chunks.Sum(chunk => (long)chunk.Content.StoredLength));
            }

            _finalSnapshot = isFinal ? written : null;
            context.Environment.Events.Snapshotted(written, Deployment.Attempt);
        }
        else if (isFinal)
        {
            // Without the final snapshot of this task, no later checkpoint could be restored.
            throw new OperatorFailure(operatorName, result.Failure);
        }
        else if (!isAborted)
        {
            context.Environment.Events.SnapshotFailed(Deployment.Id, snapshot.Checkpoint, Deployment.Attempt, operatorName, result.Failure);
        }

        CloseIfFinishedOnRestore();
    }
}
