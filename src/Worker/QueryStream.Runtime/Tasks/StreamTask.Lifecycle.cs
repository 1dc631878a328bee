using System.Runtime.ExceptionServices;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>How a task connects, opens, and ends.</summary>
internal sealed partial class StreamTask
{
    private JobEdge[] _links = [];
    private readonly CancellationTokenSource _restoring = new();
    private int _connectorsToClose;
    private TaskEndpoint? _endpoint;
    private bool _isRestoring;

    protected override void OnFault(Exception exception)
    {
        if (_state >= TaskState.Finished)
        {
            OnCloseFailure((exception as ConnectorFailure)?.OperatorName, exception);
            return;
        }

        Exception cause = exception is ConnectorFailure { InnerException: { } inner } ? inner : exception;
        if (context.BlamedPosition is { } position && cause is not RowFailedException)
        {
            cause = new RowFailedException(position, cause);
        }

        string operatorName = context.BlamedOperator ?? Deployment.Vertex.Head.Name;
        Close(TaskState.Failed);
        context.Environment.Events.Failed(Deployment.Id, Deployment.Attempt, operatorName, cause);
    }

    // What goes wrong while a task closes must not keep it alive, nor change its fate, but for one case: a sink may leave its last step for its
    // closing, such as giving a file its name, and without that rows that count as written are not there. Finished is reported when all is closed.
    private void OnCloseFailure(string? operatorName, Exception failure)
    {
        if (_state == TaskState.Finished && context.Connectors.Exists(connector => connector is ISinkOperator && connector.Name == operatorName))
        {
            _state = TaskState.Failed;
            context.Environment.Events.Failed(Deployment.Id, Deployment.Attempt, operatorName!, failure is ConnectorFailure { InnerException: { } cause } ? cause : failure);
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
        context.StartOutside(cancellationToken => RestoreStateAsync(restored, cancellationToken), OnRestored);
    }

    private void OnRestored(IoResult<bool> result)
    {
        _isRestoring = false;
        if (_state != TaskState.Opening)
        {
            // It was cancelled meanwhile.
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
        // What had ended only commits what the restored checkpoint holds.
        List<IConnectorOperator> toOpen = _hadEnded ? [.. _chain!.Sinks.Where(sink => sink.HasRestored)] : context.Connectors;
        _connectorsToOpen = toOpen.Count;
        foreach (IConnectorOperator connector in toOpen)
        {
            Context.Start(connector.OpenAsync, result => TaskMessage.Call(() => OnOpened(connector, result)));
        }

        StartIfOpen();
    }

    private void ConnectOutputs()
    {
        List<(JobEdge Edge, ChannelId Id)> outgoing = ChannelLayout.Outgoing(Deployment);
        for (int i = 0; i < outgoing.Count; i++)
        {
            _chain!.Channels[i].Connect(Connect(outgoing[i].Id), RestoredWatermarkOf(outgoing[i].Edge.To));
        }
    }

    private void ConnectInputs()
    {
        List<(JobEdge Edge, ChannelId Id)> incoming = ChannelLayout.Incoming(Deployment);
        for (int i = 0; i < incoming.Count; i++)
        {
            _gate.Connect(i, Connect(incoming[i].Id));
        }
    }

    private IChannelPeer Connect(ChannelId channel) =>
        context.Environment.DataPlane.Connect(_endpoint ??= new TaskEndpoint(Deployment, Context), channel);

    private void OnOpened(IConnectorOperator connector, IoResult<Action> result)
    {
        _connectorsToOpen--;
        if (_state != TaskState.Opening)
        {
            // It was cancelled meanwhile, and waits to close what has opened.
            CloseWhenOpened();
            return;
        }

        if (!result.Succeeded)
        {
            context.Blame(connector.Name);
            throw new ConnectorFailure(connector.Name, result.Failure);
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

        if (_hadEnded)
        {
            EndAgain();
            return;
        }

        _state = TaskState.Running;
        context.Environment.Events.Running(Deployment.Id, Deployment.Attempt);
        foreach (Action action in context.OnRun)
        {
            action();
        }

        AnnounceRestoredWatermark();
        _chain!.Source?.Start();
    }

    private void Close(TaskState fate)
    {
        if (_state >= TaskState.Finished)
        {
            return;
        }

        _state = fate;
        _restoring.Cancel();

        // While the state is being restored, its operators belong to that work.
        if (!_isRestoring)
        {
            CloseAll();
        }
    }

    private void CloseAll()
    {
        context.OnWorkOutsideEnded = CloseWhenOpened;
        context.Close();
        foreach (Action action in context.OnClose)
        {
            action();
        }

        _gate.Drop();
        foreach (OutputEdge edge in _chain?.Edges ?? [])
        {
            edge.Drop();
        }

        CloseWhenOpened();
    }

    // A connector is not closed while it opens or has work under way: what opens gives up by its own time limit, work by its token.
    private void CloseWhenOpened()
    {
        if (_connectorsToOpen > 0 || context.WorkOutside > 0)
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
