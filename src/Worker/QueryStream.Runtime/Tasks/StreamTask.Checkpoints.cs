using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>What a task does when a checkpoint is complete or was given up, and how its last one lets it end.</summary>
internal sealed partial class StreamTask
{
    private bool _isEnding;

    // Sinks that the barrier has reached, and that have not made their rows safe yet.
    private int PreparingSinks => _chain!.Sinks.Count(sink => !sink.IsPrepared && sink is IStatefulOperator);

    private void CompleteCheckpoint(CheckpointId checkpoint)
    {
        if (_state != TaskState.Running)
        {
            return;
        }

        _chain!.Source?.CompleteCheckpoint(checkpoint);
        foreach (ISinkOperator sink in _chain.Sinks)
        {
            sink.CompleteCheckpoint(checkpoint);
        }
    }

    private void AbortCheckpoint(CheckpointId checkpoint)
    {
        AbortAlignment(checkpoint);
        if (_state != TaskState.Running)
        {
            return;
        }

        _writing.Find(snapshot => snapshot.Checkpoint == checkpoint)?.Abort();
        foreach (ISinkOperator sink in _chain!.Sinks)
        {
            sink.AbortCheckpoint(checkpoint);
        }
    }

    // Called at the end of each turn of a task that has nothing left to do, until its sinks have no rows that wait for a checkpoint.
    private void Finish()
    {
        if (!_isEnding)
        {
            if (_writing.Count > 0)
            {
                // The last state comes behind those of earlier barriers, which are other states.
                return;
            }

            _isEnding = true;
            BeginSnapshot(Final);
            foreach (IStatefulOperator stateful in context.Stateful.Where(stateful => stateful is not ISinkOperator))
            {
                context.Capture(stateful);
            }

            foreach (ISinkOperator sink in _chain!.Sinks)
            {
                sink.PrepareToEnd();
            }

            CompleteSnapshot();
        }

        if (context.Snapshot is not null || _writing.Count > 0)
        {
            return;
        }

        if (!Deployment.HasCheckpoints)
        {
            // None will come that could commit them.
            foreach (ISinkOperator sink in _chain!.Sinks)
            {
                sink.CompleteCheckpoint(null);
            }
        }

        if (!Array.Exists(_chain!.Sinks, sink => sink.HasPending))
        {
            Close(TaskState.Finished);
        }
    }

    // Nothing is read or called again; its receivers hear of the end once more.
    private void EndAgain()
    {
        _state = TaskState.Running;
        context.Environment.Events.Running(Deployment.Id, Deployment.Attempt);
        foreach (OutputEdge edge in _chain!.Edges)
        {
            edge.OnControl(Control.Advance(Core.Time.EventTime.MaxValue));
            edge.OnControl(Control.End);
        }

        BeginSnapshot(Final);
        foreach (IStatefulOperator stateful in context.Stateful)
        {
            context.Capture(stateful);
        }

        _endsAgain = true;
        BeginWriting(context.Snapshot!);
    }
}
