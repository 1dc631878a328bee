using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Exchange.Channels;
using QueryStream.Exchange.Frames;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Connections;

/// <summary>What all connections of a worker share.</summary>
/// <param name="options">The options.</param>
/// <param name="own">This worker, and where it listens.</param>
/// <param name="find">Finds a task of this worker; null if it has no such task.</param>
/// <param name="watcher">Is told of lost workers.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class ExchangeContext(
    ExchangeOptions options, WorkerLocation own, Func<TaskId, Attempt, ExchangeTask?> find, IPeerWatcher? watcher, TimeProvider time, ILogger log)
{
    private readonly CancellationTokenSource _closing = new();
    private long _lastNumber;

    public ExchangeOptions Options => options;

    public WorkerLocation Own => own;

    public TimeProvider Time => time;

    public ILogger Log => log;

    /// <summary>All loops, which end after <see cref="Closing"/> is cancelled.</summary>
    public BackgroundLoops Loops { get; } = new(e => Exchange.Log.LoopFailed(log, e, own.Worker.Name));

    /// <summary>Cancelled when the exchange closes.</summary>
    public CancellationToken Closing => _closing.Token;

    public Task CloseAsync() => _closing.CancelAsync();

    public ExchangeTask? Find(TaskId task, Attempt attempt) => find(task, attempt);

    /// <summary>The hello of a new connection, or the answer to one.</summary>
    public Hello HelloTo(WorkerId target, HelloPurpose purpose) => new(options.Cluster, own, target, purpose, NextNumber());

    /// <summary>Runs work until it ends, the exchange closes, or a limit is over.</summary>
    /// <exception cref="IOException">The limit is over.</exception>
    /// <exception cref="OperationCanceledException">The exchange closes.</exception>
    public async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work)
    {
        using CancellationTokenSource timer = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, Closing);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !Closing.IsCancellationRequested)
        {
            throw new IOException($"the other end did not answer within {Durations.Format(limit)}");
        }
    }

    /// <summary>Tells the watcher. What it throws is logged: the exchange goes on without it.</summary>
    public void Report(WorkerLocation peer, bool refused)
    {
        try
        {
            watcher?.PeerLost(peer, refused);
        }
        catch (Exception e)
        {
            Exchange.Log.WatcherFailed(log, e, peer.Worker.Name, peer.Address);
        }
    }

    // Above those of an earlier process with this name too, unless the clock was set back; then that process's connections break by themselves.
    private long NextNumber()
    {
        while (true)
        {
            long last = Volatile.Read(ref _lastNumber);
            long next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
            if (Interlocked.CompareExchange(ref _lastNumber, next, last) == last)
            {
                return next;
            }
        }
    }
}
