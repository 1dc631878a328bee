using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core;
using QueryStream.Core.Actors;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests.Support;

/// <summary>
/// A simulated task of a writer on the test's thread. The test runs its turns, and its random numbers come from a seed.
/// </summary>
internal sealed class TurnHost(ManualTime time, SeededRandom random, IRedisConnections redis) : IConnectorHost, IServiceProvider
{
    private readonly Queue<Action> _due = new();

    /// <summary>How long Redis took to acknowledge each write.</summary>
    public List<TimeSpan> Writes { get; } = [];

    public TimeProvider Time => time;

    public IServiceProvider Services => this;

    public ILoggerFactory Loggers => NullLoggerFactory.Instance;

    public bool HasCheckpoints => false;

    public bool IsBarrierComing => false;

    public void RequestCheckpoint(string reason) => throw new NotSupportedException("There are no checkpoints.");

    public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(redis) ? redis : null;

    public void Wake()
    {
    }

    public void Fail(Exception exception) => throw new InvalidOperationException("The writer failed its task.", exception);

    public void ShowProblem(string? problem)
    {
    }

    public void AddBytesWritten(long bytes)
    {
    }

    public void AddWrite(TimeSpan latency) => Writes.Add(latency);

    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed)
    {
        // Not awaited: the outcome becomes a turn.
        _ = RunAsync();

        async Task RunAsync()
        {
            IoResult<T> result;
            try
            {
                result = new IoResult<T>(await work(CancellationToken.None).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                result = new IoResult<T>(e);
            }

            _due.Enqueue(() => completed(result));
        }
    }

    public IDisposable After(TimeSpan delay, Action callback) => time.CreateTimer(_ => _due.Enqueue(callback), null, delay, Timeout.InfiniteTimeSpan);

    public ulong NextRandom() => random.Next();

    /// <summary>Runs all due turns, including those that become due meanwhile.</summary>
    public void RunTurns()
    {
        while (_due.TryDequeue(out Action? turn))
        {
            turn();
        }
    }
}
