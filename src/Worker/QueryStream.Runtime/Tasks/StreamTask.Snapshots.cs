using QueryStream.Core.Actors;
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
    // A task that finishes writes its last state under this number: it belongs to all checkpoints to come.
    private static readonly CheckpointId Final = new(0);

    private readonly Queue<CheckpointId> _barriersDue = new();

    // Snapshots that the barrier has passed, and that are being written.
    private readonly List<SnapshotInProgress> _writing = [];

    // What a snapshot says of the task's watermark; MinValue: nothing.
    private EventTime _restoredWatermark = EventTime.MinValue;

    // Whether it had ended before the restart: it does nothing but write its last state again.
    private bool _endsAgain;

    // Whether it had ended when the snapshot was taken: then it takes over its state only to have it in the next one.
    private bool _hadEnded;

    private StreamNode Head => Deployment.Vertex.Head;

    private EventTime Watermark => _chain!.Source?.Watermark ?? _combiner.Current;

    // All operators have let the barrier through, but the sinks wait for answers to what they wrote before it.
    private bool AwaitsSinks => context.Snapshot is { } snapshot && snapshot.Count + PreparingSinks == context.Stateful.Count && !context.Work.HasUnfinished;

    // What the snapshot says of the task itself; the state of its operators is read when the task runs.
    private void RestoreProgress()
    {
        if (Deployment.Restore is not { } restored)
        {
            return;
        }

        restored.CheckKeyGroups(Deployment.Graph);
        _hadEnded = new EndedTasks(restored, Deployment.Graph).Has(Deployment.Vertex, Deployment.Subtask);
        _restoredWatermark = RestoredWatermarkOf(Deployment.Vertex);
        _combiner.Restore(_restoredWatermark);
    }

    // Outside of turns: no turn touches the operators before it is over. One operator after the other, so that the bytes of one are in memory.
    private async Task<bool> RestoreStateAsync(JobSnapshot restored, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _restoring.Token);
        foreach (IStatefulOperator stateful in context.Stateful)
        {
            if (restored.Find(stateful.Id) is not { } snapshot)
            {
                continue;
            }

            StateReader reader = new(snapshot, Deployment.Graph.KeyGroups, Deployment.Subtask, Deployment.Vertex.Parallelism) { Watermark = _restoredWatermark };
            try
            {
                await reader.LoadAsync(either.Token).ConfigureAwait(false);
                stateful.Restore(reader);
            }
            catch (Exception) when (context.Blame(stateful.Name))
            {
                // The filter never catches.
                throw;
            }
        }

        return true;
    }

    private EventTime RestoredWatermarkOf(JobVertex vertex) => Deployment.Restore?.WatermarkOf(vertex.Id) ?? EventTime.MinValue;

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

    private void BeginSnapshot(CheckpointId checkpoint) => context.Snapshot = new SnapshotInProgress(checkpoint);

    private void CompleteSnapshot()
    {
        if (AwaitsSinks && _chain!.Sinks.All(sink => sink.IsPrepared))
        {
            BeginWriting(context.Snapshot!);
        }
    }

    // From here on the task goes on, while what it has captured is written.
    private void BeginWriting(SnapshotInProgress snapshot)
    {
        context.Snapshot = null;
        _writing.Add(snapshot);
        EventTime watermark = snapshot.Checkpoint == Final ? EventTime.MaxValue : Watermark;
        ChunkWriter writer = new(context.Environment.Chunks, Deployment.Id, snapshot.Checkpoint, Deployment.Graph.KeyGroups);
        context.StartOutside(cancellationToken => snapshot.WriteAsync(writer, cancellationToken), result => OnWritten(snapshot, result, watermark));

        // What had to wait for the barrier can go on.
        context.Wake();
    }

    private void OnWritten(SnapshotInProgress snapshot, IoResult<IReadOnlyList<OperatorSnapshot>> result, EventTime watermark)
    {
        _writing.Remove(snapshot);
        snapshot.Release();
        bool isFinal = snapshot.Checkpoint == Final;
        string operatorName = snapshot.Writing ?? Head.Name;
        if (result.Succeeded)
        {
            TaskSnapshot written = new(Deployment.Id, snapshot.Checkpoint, result.Value)
            {
                KeyGroups = Deployment.Graph.KeyGroups,
                Watermark = watermark,
                HasEnded = isFinal,
            };
            context.Environment.Events.Snapshotted(written, Deployment.Attempt);
        }
        else if (isFinal)
        {
            // Without its last state no checkpoint to come could be restored.
            context.Blame(operatorName);
            throw new ConnectorFailure(operatorName, result.Failure);
        }
        else
        {
            context.Environment.Events.SnapshotFailed(Deployment.Id, snapshot.Checkpoint, Deployment.Attempt, operatorName, result.Failure);
        }

        if (_endsAgain)
        {
            Close(TaskState.Finished);
        }
    }
}
