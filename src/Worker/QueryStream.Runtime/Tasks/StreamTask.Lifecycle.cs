using System.Runtime.ExceptionServices;
using QueryStream.Core.Actors;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>Connects, opens and ends the task.</summary>
internal sealed partial class StreamTask
{
    private JobEdge[] _edgeOfChannel = [];
    private readonly CancellationTokenSource _restoring = new();
    private int _connectorsToClose;
    private TaskEndpoint? _endpoint;
    private bool _isRestoring;

    protected override void OnFault(Exception exception)
    {
        (string operatorName, Exception cause) = context.Attribution.Attribute(exception, head: Head.Name);
        if (_state >= TaskState.Finished)
        {
            OnCloseFailure(operatorName, cause);
            return;
        }

        Close(TaskState.Failed);
        context.Environment.Events.Failed(Deployment.Id, Deployment.Attempt, operatorName, cause);
    }

    // A failure while the task closes neither keeps it alive nor changes its final state, with one exception: a sink may do its last step when it is
    // closed, such as giving a file its name, and without it rows that count as written are missing. So Finished is reported when all is closed.
    private void OnCloseFailure(string operatorName, Exception failure)
    {
        if (_state == TaskState.Finished && Array.Exists(_chain!.Sinks, sink => sink.Name == operatorName))
        {
            _state = TaskState.Failed;
            context.Environment.Events.Failed(Deployment.Id, Deployment.Attempt, operatorName, failure);
            return;
        }

        Log.CloseFailed(context.Environment.Loggers.CreateLogger("QueryStream.Runtime"), failure, Deployment.DisplayName);
    }

    private void Run()
    {
        if (_state != TaskState.Deployed)
        {
            return;
        }

        _state = TaskState.Opening;
        ConnectOutputs();
        ConnectInputs();
        if (Deployment.Restore is not { } restored)
        {
            Open();
            return;
        }

        _isRestoring = true;
        context.Io.Start(cancellationToken => RestoreStateAsync(restored, cancellationToken), OnRestored);
    }

    private void OnRestored(IoResult<bool> result)
    {
        _isRestoring = false;
        if (_state != TaskState.Opening)
        {
            // The task was cancelled during the restore.
            CloseAll();
            return;
        }

        if (!result.Succeeded)
        {
            ExceptionDispatchInfo.Throw(result.Failure);
        }

        Open();
    }

    private void Open()
    {
        // A task that had ended only commits the committables of the restored checkpoint.
        List<IConnectorOperator> toOpen = _isFinishedOnRestore ? [.. _chain!.Sinks.Where(sink => sink.HasRestored)] : context.Connectors;
        _connectorsToOpen = toOpen.Count;
        foreach (IConnectorOperator connector in toOpen)
        {
            Context.Start(connector.OpenAsync, result => TaskMessage.Call(() => OnOpened(connector, result)));
        }

        StartIfOpen();
    }

    // Elements may come before this task connects.
    private void ExpectPeers()
    {
        List<(JobEdge Edge, ChannelId Id)> outgoing = ChannelLayout.Outgoing(Deployment);
        for (int i = 0; i < outgoing.Count; i++)
        {
            _chain!.Channels[i].Expect(
                context.Peers.Of(ReceiverOf(outgoing[i])), Deployment.HasMoved ? null : RestoredWatermarkOf(outgoing[i].Edge.To));
        }

        List<(JobEdge Edge, ChannelId Id)> incoming = ChannelLayout.Incoming(Deployment);
        for (int i = 0; i < incoming.Count; i++)
        {
            _gate.Expect(i, context.Peers.Of(SenderOf(incoming[i])), tells: Deployment.HasMoved);
        }
    }

    private void ConnectOutputs()
    {
        List<(JobEdge Edge, ChannelId Id)> outgoing = ChannelLayout.Outgoing(Deployment);
        for (int i = 0; i < outgoing.Count; i++)
        {
            if (!_chain!.Channels[i].IsConnected)
            {
                _chain.Channels[i].Connect(Connect(outgoing[i].Id));
            }
        }
    }

    private void ConnectInputs()
    {
        List<(JobEdge Edge, ChannelId Id)> incoming = ChannelLayout.Incoming(Deployment);
        for (int i = 0; i < incoming.Count; i++)
        {
            if (!_gate.IsConnected(i))
            {
                _gate.Connect(i, Connect(incoming[i].Id));
            }
        }
    }

    private IChannelPeer Connect(ChannelId channel) =>
        context.Environment.DataPlane.Connect(_endpoint ??= new TaskEndpoint(Deployment, Context, context.Peers), channel);

    private void OnOpened(IConnectorOperator connector, IoResult<Action> result)
    {
        _connectorsToOpen--;
        if (_state != TaskState.Opening)
        {
            // The task was cancelled, and closes its connectors when all have opened.
            CloseWhenOpened();
            return;
        }

        if (!result.Succeeded)
        {
            throw new OperatorFailure(connector.Name, result.Failure);
        }

        result.Value();
        StartIfOpen();
    }

    private void StartIfOpen()
    {
        if (_connectorsToOpen > 0 || _state != TaskState.Opening)
        {
            return;
        }

        _state = TaskState.Running;
        context.Metrics.Times.Enter(TaskPhase.Idle, context.Time.GetTimestamp());
        context.Environment.Events.Running(Deployment.Id, Deployment.Attempt);
        if (_isFinishedOnRestore)
        {
            FinishOnRestore();
            return;
        }

        context.Timers.Run();
        AnnounceRestoredWatermark();
        _chain!.Source?.Start();
    }

    private void Close(TaskState finalState)
    {
        if (_state >= TaskState.Finished)
        {
            return;
        }

        _state = finalState;
        _restoring.Cancel();

        // During the restore, only that work may use the operators.
        if (!_isRestoring)
        {
            CloseAll();
        }
    }

    private void CloseAll()
    {
        context.Io.OnIdle = CloseWhenOpened;
        context.Close();
        _gate.Drop();
        foreach (OutputEdge edge in _chain?.Edges ?? [])
        {
            edge.Drop();
        }

        CloseWhenOpened();
    }

    // A connector is not closed while it opens or while its work is running. Opening ends by its own time limit, work by its token.
    private void CloseWhenOpened()
    {
        if (_connectorsToOpen > 0 || context.Io.Running > 0)
        {
            return;
        }

        _connectorsToClose = context.Connectors.Count;
        foreach (IConnectorOperator connector in context.Connectors)
        {
            Context.Start(_ => connector.CloseAsync().AsTask(), failure => TaskMessage.Call(() => OnClosed(connector, failure)));
        }

        EndIfClosed();
    }

    private void OnClosed(IConnectorOperator connector, Exception? failure)
    {
        _connectorsToClose--;
        if (failure is not null)
        {
            OnCloseFailure(connector.Name, failure);
        }

        EndIfClosed();
    }

    private void EndIfClosed()
    {
        if (_connectorsToClose > 0)
        {
            return;
        }

        if (_state == TaskState.Finished)
        {
            context.Environment.Events.Finished(Deployment.Id, Deployment.Attempt);
        }
        else if (_state == TaskState.Canceled)
        {
            context.Environment.Events.Canceled(Deployment.Id, Deployment.Attempt);
        }

        Context.Stop();
    }
}
