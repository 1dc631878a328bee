using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Exchange.Channels;
using QueryStream.Exchange.Connections;
using QueryStream.Runtime.Exchange;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Exchange;

/// <summary>
/// Connects the tasks of this process with each other by reference, and with those of other workers over TCP, with one connection for each of these
/// workers. Safe on any thread. docs/design/exchange.md has the protocol.
/// </summary>
public sealed class TcpChannels : ITaskChannels, IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly InProcessChannels _local = new();

    // Workers add and remove on their threads while tasks and connections look up on theirs.
    private readonly ConcurrentDictionary<(TaskId Task, Attempt Attempt), ExchangeTask> _tasks = new();
    private readonly ExchangeContext _context;
    private readonly Peers _peers;
    private readonly Socket _socket;

    // Set once by whoever disposes first.
    private int _isDisposed;

    private TcpChannels(ExchangeContext context, Socket socket)
    {
        _context = context;
        _socket = socket;
        _peers = new Peers(context);
    }

    /// <inheritdoc/>
    public WorkerAddress Address => _context.Own.Address;

    /// <summary>The port that it listens on.</summary>
    internal int ListeningPort => PortOf(_socket);

    /// <summary>How many loops of it are running.</summary>
    internal int RunningLoops => _context.Loops.Count;

    /// <summary>Starts to listen; <see cref="Address"/> then has the port. Dispose it after the worker.</summary>
    /// <param name="options">The options.</param>
    /// <param name="worker">This worker.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="watcher">Is told of lost workers; null: nobody is.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SettingException">An option is not allowed, or no port is free.</exception>
    public static TcpChannels Start(ExchangeOptions options, WorkerId worker, ILoggerFactory loggers, IPeerWatcher? watcher, TimeProvider time)
    {
        options.Validate();
        ILogger log = loggers.CreateLogger<TcpChannels>();
        Socket socket = Listener.Listen(options);
        int port = options.AdvertisedPort > 0 ? options.AdvertisedPort : PortOf(socket);
        WorkerLocation own = new(worker, new WorkerAddress(options.AdvertisedHost, port));
        TcpChannels? channels = null;
        ExchangeContext context = new(options, own, (task, attempt) => channels!.Find(task, attempt), watcher, time, log);
        channels = new TcpChannels(context, socket);
        context.Loops.Start(new Listener(socket, context, channels._peers).RunAsync);
        Log.Listening(log, worker.Name, own.Address);
        return channels;
    }

    /// <inheritdoc/>
    public void Add(TaskEndpoint task, TaskLocations locations)
    {
        _local.Add(task, locations);
        _tasks[(task.Task, task.Attempt)] = new ExchangeTask(task, locations);
    }

    /// <inheritdoc/>
    public void Relocate(TaskEndpoint task, TaskLocations locations) => Find(task.Task, task.Attempt)?.Relocate(locations);

    /// <inheritdoc/>
    public void Remove(TaskEndpoint task)
    {
        _local.Remove(task);
        if (_tasks.TryRemove((task.Task, task.Attempt), out ExchangeTask? removed))
        {
            removed.Close();
        }
    }

    /// <inheritdoc/>
    public IChannelPeer Connect(TaskEndpoint near, ChannelId channel)
    {
        if (_local.TryConnect(near, channel) is { } local)
        {
            return local;
        }

        TaskId far = near.FarEndOf(channel);
        ExchangeTask task = Find(near.Task, near.Attempt)
            ?? throw new ChannelRefusedException(
                $"Subtask {near.Task.Subtask} of job {near.Task.Job}, attempt {near.Attempt}, is not on {_context.Own.Worker}.");
        if (task.Locations.Find(far) is not { } location || location.Worker == _context.Own.Worker)
        {
            throw new ChannelRefusedException(
                $"There is no task {far} of attempt {near.PeerAttemptOf(channel)} on any worker that {_context.Own.Worker} can reach.");
        }

        SendingEnd end = _peers.Open(location, near, channel);
        task.Add(end);
        return end;
    }

    /// <summary>Closes all connections and waits, at most 10 s, until nothing of the exchange runs any more. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _context.CloseAsync().ConfigureAwait(false);
        _socket.Dispose();
        _peers.Close();
        try
        {
            await _context.Loops.WhenEndedAsync().WaitAsync(StopLimit, _context.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.StopTimedOut(_context.Log, _context.Own.Worker.Name, Durations.Format(StopLimit));
        }
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private ExchangeTask? Find(TaskId task, Attempt attempt) => _tasks.GetValueOrDefault((task, attempt));
}
