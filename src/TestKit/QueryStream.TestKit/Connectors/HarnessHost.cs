using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Logging;

namespace QueryStream.TestKit.Connectors;

/// <summary>
/// The simulated task of a connector harness. Turns run one at a time: calls of the test on the test's thread, callbacks on the thread that completes
/// the work or the timer, or at the end of the current turn.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="services">The services of the worker's host.</param>
/// <param name="woken">Called when the connector wakes its task, and after each callback.</param>
internal sealed class HarnessHost(TimeProvider time, object[] services, Action woken) : IConnectorHost, IServiceProvider
{
    private readonly ConcurrentQueue<Action> _due = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly CancellationTokenSource _closing = new();

    // The started work that may still be running. Guarded by the lock of turns.
    private readonly List<Task> _work = [];

    // Held during each turn.
    private readonly Lock _turn = new();

    public TimeProvider Time => time;

    public IServiceProvider Services => this;

    public LogCollector Logs { get; } = new();

    public ILoggerFactory Loggers => Logs;

    public bool HasCheckpoints { get; set; } = true;

    public bool IsBarrierComing { get; set; }

    /// <summary>The reasons of the checkpoints that the connector has asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The problem of the external system that the connector shows; null: none.</summary>
    public string? Problem { get; private set; }

    /// <summary>The bytes that the connector has written.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>How long the external system took for each write that the connector has recorded.</summary>
    public List<TimeSpan> Writes { get; } = [];

    public IReadOnlyCollection<Exception> Failures => _failures;

    public void RequestCheckpoint(string reason) => Requests.Add(reason);

    public void Wake() => woken();

    public void Fail(Exception exception) => _failures.Enqueue(exception);

    public void ShowProblem(string? problem) => Problem = problem;

    public void AddBytesWritten(long bytes) => BytesWritten += bytes;

    public void AddWrite(TimeSpan latency) => Writes.Add(latency);

    public ulong NextRandom() => unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));

    public object? GetService(Type serviceType) => Array.Find(services, serviceType.IsInstanceOfType);

    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed)
    {
        Task running = RunAsync();
        lock (_turn)
        {
            _work.RemoveAll(static earlier => earlier.IsCompleted);
            _work.Add(running);
        }

        async Task RunAsync()
        {
            IoResult<T> result;
            try
            {
                result = new IoResult<T>(await Task.Run(() => work(_closing.Token), _closing.Token).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                result = new IoResult<T>(e);
            }

            Post(() => completed(result));
        }
    }

    public IDisposable After(TimeSpan delay, Action callback)
    {
        HarnessTimer timer = new();
        timer.Timer = time.CreateTimer(
            _ => Post(() =>
            {
                if (!timer.IsDisposed)
                {
                    timer.Dispose();
                    callback();
                }
            }),
            null,
            delay,
            Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>Runs a turn on the calling thread, then the callbacks that have become due meanwhile.</summary>
    public TResult Turn<TResult>(Func<TResult> turn)
    {
        TResult result;
        lock (_turn)
        {
            result = turn();
        }

        RunDue();
        return result;
    }

    /// <summary>
    /// Cancels the started work and waits until it has ended, as a task does before it disposes its connector. No more callbacks run.
    /// </summary>
    public async Task CloseAsync()
    {
        Task[] work = Turn(() =>
        {
            _closing.Cancel();
            return _work.ToArray();
        });
        await Task.WhenAll(work).ConfigureAwait(false);
    }

    private void Post(Action callback)
    {
        _due.Enqueue(callback);
        RunDue();
    }

    // The holder of the lock checks the queue again after releasing it, so no callback is left behind.
    private void RunDue()
    {
        while (!_due.IsEmpty && !_turn.IsHeldByCurrentThread && _turn.TryEnter())
        {
            try
            {
                while (_due.TryDequeue(out Action? callback))
                {
                    Run(callback);
                }
            }
            finally
            {
                _turn.Exit();
            }

            woken();
        }
    }

    private void Run(Action callback)
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        try
        {
            callback();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private sealed class HarnessTimer : IDisposable
    {
        public ITimer? Timer { get; set; }

        public bool IsDisposed { get; private set; }

        public void Dispose()
        {
            IsDisposed = true;
            Timer?.Dispose();
        }
    }
}
