using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// One subtask of a vertex: an actor around a chain of operators. It takes one element at a time, and only while no operator has unfinished work and
/// no output is over its limit. So emitting never blocks, and backpressure reaches the source.
/// </summary>
/// <param name="context">What its operators share.</param>
internal sealed partial class StreamTask(TaskContext context) : Actor<TaskMessage>, IControlInput
{
    private OperatorChain? _chain;
    private InputGate _gate = new(0, new WatermarkCombiner(0, risesWhileIdle: false), aligns: true);
    private WatermarkCombiner _combiner = new(0, risesWhileIdle: false);
    private BatchPort[] _ports = [];
    private TaskState _state = TaskState.Deployed;
    private int _connectorsToOpen;

    private TaskDeployment Deployment => context.Deployment;

    /// <summary>The combined control elements of all channels.</summary>
    public void OnControl(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            context.Metrics.Watermark = control.Watermark;
        }
        else if (control.Kind == ControlKind.Barrier)
        {
            BeginSnapshot(control.Checkpoint);
        }

        _chain!.Head.Control!.OnControl(control);
    }

    protected override void OnStart()
    {
        context.Attach(Context);
        _chain = OperatorChainBuilder.Build(context);
        List<(JobEdge Edge, ChannelId Id)> incoming = ChannelLayout.Incoming(Deployment);
        // Behind an exchange a task has channels from all subtasks of its senders; behind a forward edge from one of each.
        _combiner = new WatermarkCombiner(incoming.Count, risesWhileIdle: incoming.TrueForAll(channel => !channel.Edge.IsForward));
        _gate = new InputGate(incoming.Count, _combiner, Deployment.AlignsBarriers);
        _edgeOfChannel = [.. incoming.Select(channel => channel.Edge)];
        _ports = _chain.Head.Ports;
        RestoreProgress();
        ExpectPeers();
        context.Metrics.Flow = new TaskFlow(_gate, _chain.Channels, context.Ledger);
    }

    protected override void Receive(in TaskMessage message)
    {
        switch (message.Kind)
        {
            case TaskMessageKind.Wake:
                break;
            case TaskMessageKind.Element:
                Take(message.Channel, message.Sender, message.Element);
                break;
            case TaskMessageKind.Run:
                Run();
                break;
            case TaskMessageKind.Callback:
                message.Callback!();
                break;
            case TaskMessageKind.TriggerSnapshot:
                TriggerSnapshot(message.Trigger!);
                break;
            case TaskMessageKind.CheckpointCompleted:
                CompleteCheckpoint(message.Checkpoint);
                break;
            case TaskMessageKind.Adopted:
                _target = message.Target;
                break;
            case TaskMessageKind.CheckpointAborted:
                AbortCheckpoint(message.Checkpoint);
                break;
            case TaskMessageKind.Cancel:
                Close(TaskState.Canceled);
                break;
            case TaskMessageKind.PrepareMove:
                PrepareMove(message.Move!);
                break;
            case TaskMessageKind.PeersMoved:
                OnPeersMoved(message.Moved!);
                break;
            case TaskMessageKind.Reconnect:
                Reconnect();
                break;
            case TaskMessageKind.ReadState:
                ReadState(message.Read!);
                break;
            default:
                throw new InvalidOperationException($"A task does not understand {message.Kind}.");
        }
    }

    protected override bool Work()
    {
        if (_state != TaskState.Running || _finishesOnRestore)
        {
            return false;
        }

        long started = context.Time.GetTimestamp();
        context.Metrics.Times.Enter(TaskPhase.Busy, started);
        bool more;
        do
        {
            more = Step();
        }
        while (more && _state == TaskState.Running && !Context.Executor.IsTurnOver(started));

        EndTurn(more);
        context.Metrics.Times.Enter(more ? TaskPhase.Busy : IsBlocked ? TaskPhase.BackPressured : TaskPhase.Idle, context.Time.GetTimestamp());
        return more;
    }

    protected override void OnDropped(in TaskMessage message)
    {
        message.Element.Release();
        message.Read?.Answer(new StateReadResult.NotOwner($"{Deployment.DisplayName} has ended"));
    }

    // Only while it runs: before, the state is being restored; after, another task may own the key.
    private void ReadState(StateRead read) => read.Answer(_state == TaskState.Running && !_isFinishedOnRestore
        ? TaskStateReader.Read(context, read)
        : new StateReadResult.NotOwner($"{Deployment.DisplayName} does not run"));

    // Whether it would take no input if there were some.
    private bool IsBlocked => context.Budget.ChannelsOverLimit > 0 || context.Work.IsFull || IsSinkFull(context.Snapshot);

    private void Take(int channel, Attempt sender, in ChannelElement element)
    {
        // Elements of a task that has moved since may be late: credit that is of no use to its successor.
        if (element.Kind == ChannelElementKind.Credit)
        {
            if (_chain?.Channels[channel] is { } output && output.Peer == sender)
            {
                output.OnCredit(element);
            }
        }
        else if (_gate.PeerOf(channel) != sender)
        {
            element.Release();
        }
        else if (_state is TaskState.Deployed or TaskState.Opening or TaskState.Running)
        {
            _gate.Add(channel, element);
        }
        else
        {
            element.Release();
        }
    }

    /// <summary>Does a batch of work.</summary>
    /// <returns>Whether there is more that could be done now.</returns>
    private bool Step()
    {
        if (context.Budget.ChannelsOverLimit > 0 || IsSinkFull(context.Snapshot) || AwaitsSinks || _stopped is not null)
        {
            return false;
        }

        if (context.Work.ResumeOne() || context.Work.BeginExternal())
        {
            return true;
        }

        if (context.Work.HasUnfinished || context.Work.IsFull || (context.Snapshot is not null && IsSinkFull(passing: null)))
        {
            return false;
        }

        bool more = _chain!.Source is { } source ? TakeInput(source) : TakeElement();
        return more || context.Work.HasUnfinished;
    }

    private bool TakeElement()
    {
        if (!_gate.TryTake(out Arrival arrival))
        {
            return false;
        }

        if (arrival.Element.Kind == ChannelElementKind.Batch)
        {
            TakeBatch(arrival.Channel, arrival.Element);
        }
        else
        {
            CheckRows(arrival);
            if (arrival.Element.Control.Kind == ControlKind.Barrier)
            {
                _clock.OnBarrier(arrival.Element.Control.Checkpoint);
            }

            _gate.Combine(arrival.Channel, arrival.Element.Control, this);
        }

        return true;
    }

    private void TakeBatch(int channel, in ChannelElement element)
    {
        BatchPort port = _ports[_edgeOfChannel[channel].Links[element.Link].Port];
        Batch batch = element.Batch ?? Decode(port, element.Frame!);
        long bytes = batch.Bytes;
        int rows = batch.Count;
        context.Metrics.RowsIn.Add(rows);
        context.Rows.Sender = new SenderLink(channel, element.Link);
        port.Deliver(batch);
        batch.Release();
        _gate.OnConsumed(channel, rows, bytes);
    }

    // The rows of all batches before a barrier are consumed when it is taken.
    private void CheckRows(in Arrival arrival)
    {
        Control control = arrival.Element.Control;
        if (ChannelElement.CountsRows(control.Kind) && arrival.Element.Rows != _gate.RowsOf(arrival.Channel))
        {
            throw MiscountOf(arrival);
        }
    }

    private ChannelMiscountException MiscountOf(in Arrival arrival)
    {
        (JobEdge edge, ChannelId channel) = ChannelLayout.Incoming(Deployment)[arrival.Channel];
        Control control = arrival.Element.Control;
        return new ChannelMiscountException(
            $"{channel} from {edge.From.Name} to {Deployment.DisplayName}",
            control.Kind == ControlKind.Barrier ? control.Checkpoint : null,
            arrival.Element.Rows,
            _gate.RowsOf(arrival.Channel));
    }

    private static Batch Decode(BatchPort port, Frame frame)
    {
        try
        {
            return port.Decode(frame);
        }
        finally
        {
            // The batch holds the frame itself, if its texts point into it.
            frame.Release();
        }
    }

    // Idle receivers get their batches now; the batches of the others grow.
    private void EndTurn(bool more)
    {
        foreach (OutputEdge edge in _chain!.Edges)
        {
            edge.SendToIdle();
        }

        if (more)
        {
            return;
        }

        _gate.ReturnCredit();
        foreach (ISinkOperator sink in _chain.Sinks)
        {
            sink.Flush();
        }

        CompleteSnapshot();
        if (IsBlocked)
        {
            _chain.Source?.OnBlocked();
        }

        if (_stopped is not null)
        {
            FinishIfStopped();
            return;
        }

        bool hasEnded = _chain.Source?.HasEnded ?? _combiner.HasEnded;
        bool holds = Array.Exists(_chain.Channels, channel => channel.IsHolding);
        if (hasEnded && !holds && !context.Work.HasAny && (_isEnding || context.Snapshot is null) && _chain.Sinks.All(sink => sink.IsFlushed))
        {
            Finish();
        }
    }

    // A sink that a barrier has passed may be full until that checkpoint is complete, so it must not hold up the barrier on other branches.
    private bool IsSinkFull(SnapshotInProgress? passing)
    {
        foreach (ISinkOperator sink in _chain!.Sinks)
        {
            if (sink.IsFull && !(sink is IStatefulOperator stateful && passing?.Has(stateful) == true))
            {
                return true;
            }
        }

        return false;
    }
}
