using QueryStream.Exchange.Channels;
using QueryStream.Exchange.Frames;
using QueryStream.Runtime.Exchange;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Connections;

/// <summary>
/// One connection to each other worker. Of two workers, the one whose name is smaller (by code units) connects, so that they never do both at
/// once; the other one calls it, to say that it needs a connection. Both need one for the same channels, but one of them may have lost it
/// unnoticed. Safe on any thread.
/// </summary>
/// <param name="context">What connections share.</param>
internal sealed class Peers(ExchangeContext context)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private readonly Dialer _dialer = new(context);

    // Guards which connection a worker has, and whether it is open: tasks need connections in their turns, which come and break at any time.
    private readonly Lock _lock = new();
    private readonly Dictionary<WorkerLocation, Connection> _connections = [];
    private readonly HashSet<Connection> _open = [];

    /// <summary>Opens a channel. Never waits: elements are queued until the connection is open.</summary>
    public SendingEnd Open(WorkerLocation peer, TaskEndpoint near, ChannelId channel) => Need(peer).Open(near, channel);

    /// <summary>A worker has called: it needs a connection.</summary>
    public void OnCalled(WorkerLocation peer)
    {
        Connection connection = Need(peer);
        if (IsOpen(connection))
        {
            // The caller has lost it unnoticed, unless the call was under way when it opened. A byte on a lost connection is answered by a reset.
            connection.SendHeartbeat();
        }
    }

    /// <summary>A worker has connected. Completes when the connection is closed.</summary>
    /// <param name="peer">The worker.</param>
    /// <param name="transport">Its connection.</param>
    /// <param name="number">The number in its hello.</param>
    public async Task RunAcceptedAsync(WorkerLocation peer, Transport transport, long number)
    {
        Connection accepted;
        Connection? replaced = null;
        lock (_lock)
        {
            if (context.Closing.IsCancellationRequested)
            {
                return;
            }

            if (_connections.TryGetValue(peer, out Connection? current) && _open.Contains(current))
            {
                if (number < current.Number)
                {
                    // It was delayed on the way, and its sender has connected again since.
                    return;
                }

                replaced = current;
                _open.Remove(current);
                _connections.Remove(peer);
            }

            accepted = _connections.GetValueOrDefault(peer) ?? new Connection(context, peer);
            accepted.Number = number;
            _connections[peer] = accepted;
            _open.Add(accepted);
        }

        replaced?.Fail(new IOException("it has connected anew"));
        await RunAsync(accepted, transport).ConfigureAwait(false);
    }

    /// <summary>Whether that worker connects to this one, and not the other way round.</summary>
    public bool Connects(WorkerLocation peer) => string.CompareOrdinal(peer.Worker.Name, context.Own.Worker.Name) < 0;

    /// <summary>The exchange closes: all connections are lost.</summary>
    public void Close()
    {
        List<Connection> all;
        lock (_lock)
        {
            all = [.. _connections.Values];
            _connections.Clear();
        }

        all.ForEach(connection => connection.Fail(new IOException("this worker stops")));
    }

    private Connection Need(WorkerLocation peer)
    {
        lock (_lock)
        {
            // A closed one is still here until its loops have ended.
            return _connections.TryGetValue(peer, out Connection? current) && !current.IsClosed ? current : Begin(peer);
        }
    }

    // Under the lock.
    private Connection Begin(WorkerLocation peer)
    {
        Connection connection = new(context, peer);
        if (context.Closing.IsCancellationRequested)
        {
            connection.Fail(new IOException("this worker stops"));
            return connection;
        }

        _connections[peer] = connection;
        context.Loops.Start(() => ConnectAsync(connection));
        return connection;
    }

    private bool IsOpen(Connection connection)
    {
        lock (_lock)
        {
            return _open.Contains(connection);
        }
    }

    private async Task ConnectAsync(Connection connection)
    {
        HelloPurpose purpose = Connects(connection.Peer) ? HelloPurpose.Call : HelloPurpose.Connect;
        long started = context.Time.GetTimestamp();
        TimeSpan left = context.Options.ConnectTimeout;
        TimeSpan pause = FirstPause;
        DialResult result;
        do
        {
            result = await _dialer.TryAsync(connection.Peer, purpose, left).ConfigureAwait(false);
            if (result.Transport is { } transport)
            {
                await using (transport.ConfigureAwait(false))
                {
                    SetOpen(connection);
                    await RunAsync(connection, transport).ConfigureAwait(false);
                    return;
                }
            }

            if (await HasOpenedAsync(connection, result.Outcome == DialOutcome.Answered ? MaxPause : pause).ConfigureAwait(false))
            {
                return;
            }

            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
            left = context.Options.ConnectTimeout - context.Time.GetElapsedTime(started);
        }
        while (result.Outcome is DialOutcome.Answered or DialOutcome.Unreachable && left > TimeSpan.Zero && !context.Closing.IsCancellationRequested);

        GiveUp(connection, result);
    }

    private void SetOpen(Connection connection)
    {
        lock (_lock)
        {
            _open.Add(connection);
        }
    }

    // Waits, between two attempts, for a connection that the other worker opens.
    private async Task<bool> HasOpenedAsync(Connection connection, TimeSpan pause)
    {
        try
        {
            await connection.Opened.WaitAsync(pause, context.Time, context.Closing).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void GiveUp(Connection connection, DialResult result)
    {
        WorkerLocation peer = connection.Peer;
        lock (_lock)
        {
            if (_open.Contains(connection) || _connections.GetValueOrDefault(peer) != connection)
            {
                return;
            }

            _connections.Remove(peer);
        }

        string problem = result.Problem.Length > 0 ? result.Problem : "it answers, but does not connect to this worker";
        connection.Fail(new IOException(problem));
        if (!context.Closing.IsCancellationRequested)
        {
            Log.Unreachable(context.Log, peer.Worker.Name, peer.Address, problem);
            context.Report(peer, refused: result.Outcome == DialOutcome.Dead);
        }
    }

    private async Task RunAsync(Connection connection, Transport transport)
    {
        WorkerLocation peer = connection.Peer;
        Log.Connected(context.Log, peer.Worker.Name, peer.Address);
        Exception cause = await connection.RunAsync(transport).ConfigureAwait(false);
        lock (_lock)
        {
            _open.Remove(connection);
            if (_connections.GetValueOrDefault(peer) == connection)
            {
                // At once, since the answer says whether only the connection is lost, or the worker.
                _connections.Remove(peer);
                Begin(peer);
            }
        }

        if (!context.Closing.IsCancellationRequested)
        {
            Log.ConnectionLost(context.Log, peer.Worker.Name, peer.Address, cause.Message);
            if (connection.WasSilent)
            {
                context.Report(peer, refused: false);
            }
        }
    }
}
