using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>How barriers pass a task, and what it takes over from a snapshot.</summary>
internal sealed partial class StreamTask
{
    // A task that finishes tells its last state under this number: it belongs to all checkpoints to come.
    private static readonly CheckpointId Final = new(0);

    private readonly Queue<CheckpointId> _barriersDue = new();

    // What a snapshot says of the task's watermark; MinValue: nothing.
    private EventTime _restoredWatermark = EventTime.MinValue;

    // Whether it had ended when the snapshot was taken: then it takes over its state only to have it in the next one.
    private bool _hadEnded;

    private StreamNode Head => Deployment.Vertex.Head;

    private EventTime Watermark => _chain!.Source?.Watermark ?? _combiner.Current;

    // All operators have let the barrier through, but the sinks wait for answers to what they wrote before it.
    private bool AwaitsSinks => context.Snapshot is { } snapshot && snapshot.Count + PreparingSinks == context.Stateful.Count && !context.HasUnfinished;

    private void Restore()
    {
        if (Deployment.Restore is not { } restored)
        {
            return;
        }

        restored.CheckKeyGroups(Deployment.Graph);
        _hadEnded = new EndedTasks(restored, Deployment.Graph).Has(Deployment.Vertex, Deployment.Subtask);
        foreach (IStatefulOperator stateful in context.Stateful)
        {
            if (ReaderOf(restored, stateful.Id) is { } reader)
            {
                context.Run(stateful.Name, () => stateful.Restore(reader));
            }
        }

        _restoredWatermark = RestoredWatermarkOf(Deployment.Vertex);
        _combiner.Restore(_restoredWatermark);
    }

    private EventTime RestoredWatermarkOf(JobVertex vertex) =>
        Deployment.Restore is { } restored && ReaderOf(restored, vertex.Head.Id) is { } head ? SnapshotInProgress.WatermarkOf(head) : EventTime.MinValue;

    private StateReader? ReaderOf(JobSnapshot restored, OperatorId id) => restored.Find(id) is { } snapshot
        ? new StateReader(snapshot, Deployment.Graph.KeyGroups, Deployment.Subtask, Deployment.Vertex.Parallelism)
        : null;

    // What is too late for the restored state must not be in time again because the watermark begins anew.
    private void AnnounceRestoredWatermark()
    {
        if (_chain!.Source is null && _restoredWatermark > EventTime.MinValue)
        {
            OnControl(Control.Advance(_restoredWatermark));
        }
    }

    private bool TakeInput(ISourceOperator source)
    {
        if (source.HasEnded)
        {
            return false;
        }

        // Where splits begin is known after the first poll.
        if (context.Snapshot is null && source.HasBegun && _barriersDue.TryDequeue(out CheckpointId checkpoint))
        {
            BeginSnapshot(checkpoint);
            source.SendBarrier(checkpoint);
            return true;
        }

        bool isFirst = !source.HasBegun;
        return source.TakeInput() || (isFirst && _barriersDue.Count > 0);
    }

    // A checkpoint was given up: its barrier is neither sent nor waited for.
    private void AbortAlignment(CheckpointId checkpoint)
    {
        for (int due = _barriersDue.Count; due > 0; due--)
        {
            if (_barriersDue.Dequeue() is var one && one != checkpoint)
            {
                _barriersDue.Enqueue(one);
            }
        }

        _gate.Abort(checkpoint);
    }

    private void BeginSnapshot(CheckpointId checkpoint) => context.Snapshot = new SnapshotInProgress(checkpoint, Deployment.Graph.KeyGroups);

    private void CompleteSnapshot()
    {
        if (AwaitsSinks && _chain!.Sinks.All(sink => sink.IsPrepared))
        {
            Report(context.Snapshot!);
        }
    }

    private void Report(SnapshotInProgress snapshot)
    {
        context.Snapshot = null;
        context.Environment.Events.Snapshotted(snapshot.Complete(Deployment.Id, Head.Id, Head.Name, Watermark, snapshot.Checkpoint == Final), Deployment.Attempt);

        // What had to wait for it can go on.
        context.Wake();
    }
}
