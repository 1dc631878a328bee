using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>Handles completed and aborted checkpoints, and the end of the task.</summary>
internal sealed partial class StreamTask
{
    private bool _isEnding;

    // The savepoint with which the job stops, once its barrier has passed this task, which then waits.
    private CheckpointId? _stopped;

    // The same, once a source has sent its barrier.
    private CheckpointId? _stopsReading;
    private bool _isStopComplete;

    // Sinks that the barrier has reached, but whose rows are not safe yet.
    private int PreparingSinks => _chain!.Sinks.Count(sink => !sink.IsPrepared && sink is IStatefulOperator);

    private void CompleteCheckpoint(CheckpointId checkpoint)
    {
        ForgetTriggers(upTo: checkpoint);
        if (_state != TaskState.Running)
        {
            return;
        }

        _chain!.Source?.CompleteCheckpoint(checkpoint);
        if (MovesWith(checkpoint))
        {
            // The task in its place restores what sinks have prepared, and commits it.
            return;
        }

        foreach (ISinkOperator sink in _chain.Sinks)
        {
            sink.CompleteCheckpoint(checkpoint);
        }

        _isStopComplete |= checkpoint == _stopped;
    }

    private void AbortCheckpoint(CheckpointId checkpoint)
    {
        if (_stopsReading == checkpoint || _stopped == checkpoint)
        {
            // The job continues.
            (_stopped, _stopsReading) = (null, null);
        }

        AbortMove(checkpoint);
        AbortAlignment(checkpoint);
        if (_state != TaskState.Running)
        {
            return;
        }

        AbortSnapshot(checkpoint);
        foreach (ISinkOperator sink in _chain!.Sinks)
        {
            sink.AbortCheckpoint(checkpoint);
        }
    }

    // The savepoint with which the job stops holds the state of this task, so it ends without another snapshot when its sinks have committed. What
    // came after the barrier is not part of the savepoint, and is dropped.
    private void FinishIfStopped()
    {
        if (_isStopComplete && !Array.Exists(_chain!.Sinks, sink => sink.HasPending))
        {
            Close(TaskState.Finished);
        }
    }

    // Called at the end of each turn of a task that has nothing left to do, until no sink has rows that wait for a checkpoint.
    private void Finish()
    {
        if (!_isEnding)
        {
            if (_writing.Count > 0 || _untriggered.Count > 0)
            {
                // The final snapshot represents the task only in checkpoints whose barrier has not passed it, so the others are reported first.
                return;
            }

            _isEnding = true;
            BeginFinalSnapshot(context.Stateful.Where(stateful => stateful is not ISinkOperator));
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
            // No checkpoint will come that could commit the rows.
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

    // Reads nothing and calls no function; its receivers get the end of the input once more.
    private void FinishOnRestore()
    {
        foreach (OutputEdge edge in _chain!.Edges)
        {
            edge.OnControl(Control.Advance(Core.Time.EventTime.MaxValue));
            edge.OnControl(Control.End);
        }

        BeginFinalSnapshot(context.Stateful);
        _finishesOnRestore = true;
        BeginWriting(context.Snapshot!);
    }

    private void BeginFinalSnapshot(IEnumerable<IStatefulOperator> operators)
    {
        BeginSnapshot(Final);
        foreach (IStatefulOperator stateful in operators)
        {
            context.Capture(stateful);
        }
    }
}
