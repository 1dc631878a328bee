using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Logging;

namespace QueryStream.TestKit.Connectors;

/// <summary>
/// The task around the connector of a harness. Its turns run on whatever thread brings them, one at a time: the calls of the test on the
/// test's thread, callbacks on the thread that completes the work or the timer, or at the end of the turn that is running then.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="services">What the worker's host registers.</param>
/// <param name="woken">Called when the connector wakes its task, and after each callback.</param>
internal sealed class HarnessHost(TimeProvider time, object[] services, Action woken) : IConnectorHost, IServiceProvider
{
    private readonly ConcurrentQueue<Action> _due = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly CancellationTokenSource _closing = new();

    // Makes turns exclude each other.
    private readonly Lock _turn = new();

    public TimeProvider Time => time;

    public IServiceProvider Services => this;

    public LogCollector Logs { get; } = new();

    public ILoggerFactory Loggers => Logs;

    public bool HasCheckpoints { get; set; } = true;

    /// <summary>What the connector shows as wrong with the external system; null: nothing.</summary>
    public string? Problem { get; private set; }

    public IReadOnlyCollection<Exception> Failures => _failures;

    public void Wake() => woken();

    public void Fail(Exception exception) => _failures.Enqueue(exception);

    public void ShowProblem(string? problem) => Problem = problem;

    public ulong NextRandom() => unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));

    public object? GetService(Type serviceType) => Array.Find(services, serviceType.IsInstanceOfType);

    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed)
    {
        // Not lost: every outcome comes back as a turn.
        _ = RunAsync();

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

    /// <summary>Runs a turn on the calling thread, and then those that have become due meanwhile.</summary>
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

    /// <summary>Cancels the work that is under way; no callback comes any more.</summary>
    public void Close() => Turn(() =>
    {
        _closing.Cancel();
        return true;
    });

    private void Post(Action callback)
    {
        _due.Enqueue(callback);
        RunDue();
    }

    // Whoever holds the lock looks at the queue again after it has let it go, so nothing stays behind.
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
