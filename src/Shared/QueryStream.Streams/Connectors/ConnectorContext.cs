using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// What a connector asks of the task that it works in. The engine implements it, and the test kit. A connector uses it through its
/// <see cref="ConnectorContext"/>, which says what each member promises.
/// </summary>
public interface IConnectorHost
{
    /// <inheritdoc cref="ConnectorContext.Time"/>
    TimeProvider Time { get; }

    /// <inheritdoc cref="ConnectorContext.Services"/>
    IServiceProvider Services { get; }

    /// <inheritdoc cref="ConnectorContext.Loggers"/>
    ILoggerFactory Loggers { get; }

    /// <inheritdoc cref="ConnectorContext.HasCheckpoints"/>
    bool HasCheckpoints { get; }

    /// <inheritdoc cref="ConnectorContext.Wake"/>
    void Wake();

    /// <inheritdoc cref="ConnectorContext.Fail"/>
    void Fail(Exception exception);

    /// <inheritdoc cref="ConnectorContext.ShowProblem"/>
    void ShowProblem(string? problem);

    /// <inheritdoc cref="ConnectorContext.Start{T}(Func{CancellationToken, Task{T}}, Action{IoResult{T}})"/>
    void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed);

    /// <inheritdoc cref="ConnectorContext.After"/>
    IDisposable After(TimeSpan delay, Action callback);

    /// <inheritdoc cref="ConnectorContext.NextRandom"/>
    ulong NextRandom();
}

/// <summary>
/// What one subtask of a source or sink is given by the task that it works in. A connector keeps its state for its turns (its calls by the
/// engine, and the callbacks below): turns never overlap, so the state needs no lock, and the simulation replays them.
/// </summary>
public abstract class ConnectorContext
{
    private readonly IConnectorHost _host;

    /// <summary>Creates a context.</summary>
    protected ConnectorContext(TaskId task, int parallelism, IConnectorHost host)
    {
        Task = task;
        Parallelism = parallelism;
        _host = host;
    }

    /// <summary>The task, with its subtask index.</summary>
    public TaskId Task { get; }

    /// <summary>The number of subtasks.</summary>
    public int Parallelism { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _host.Time;

    /// <summary>What the worker's tasks share: clients, of which there is one a worker and cluster.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Where to log.</summary>
    public ILoggerFactory Loggers => _host.Loggers;

    /// <summary>Whether checkpoints are taken, and so the job's positions are kept and told of when one is complete.</summary>
    public bool HasCheckpoints => _host.HasCheckpoints;

    /// <summary>Gives the task a turn. Safe on any thread, cheap, and harmless where it was not needed.</summary>
    public void Wake() => _host.Wake();

    /// <summary>Fails the task, for what waiting cannot mend. Safe on any thread.</summary>
    public void Fail(Exception exception) => _host.Fail(exception);

    /// <summary>
    /// Shows with the job's metrics what is wrong with the external system at the moment, until it is called again. Safe on any thread.
    /// </summary>
    /// <param name="problem">For people; null: nothing is wrong any more.</param>
    public void ShowProblem(string? problem) => _host.ShowProblem(problem);

    /// <summary>Starts work that waits for something outside, such as a request. Called in turns only.</summary>
    /// <param name="work">
    /// Runs outside of the task, and must not touch what turns use. Its token is cancelled when the task closes; the connector is disposed only
    /// after all its work has ended, so work that ignores the token delays the task's end.
    /// </param>
    /// <param name="completed">Called once, in a turn, with the value or the exception; not any more once the task closes. What it throws fails the task.</param>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed) => _host.Start(work, completed);

    /// <summary>As <see cref="Start{T}(Func{CancellationToken, Task{T}}, Action{IoResult{T}})"/>, for work without a value.</summary>
    /// <param name="work">The work.</param>
    /// <param name="completed">Called with what the work threw, or null.</param>
    public void Start(Func<CancellationToken, Task> work, Action<Exception?> completed) => _host.Start(
        async cancellationToken =>
        {
            await work(cancellationToken).ConfigureAwait(false);
            return true;
        },
        result => completed(result.Failure));

    /// <summary>Calls back once after a delay of the task's clock. Called in turns only.</summary>
    /// <param name="delay">From 0 to 40 days; more counts as 40 days.</param>
    /// <param name="callback">Called in a turn; not any more once the task closes. What it throws fails the task.</param>
    /// <returns>Dispose it, in a turn, to call off the callback.</returns>
    public IDisposable After(TimeSpan delay, Action callback) => _host.After(delay, callback);

    /// <summary>64 random bits, in simulation from its seed. Called in turns only.</summary>
    public ulong NextRandom() => _host.NextRandom();

    /// <summary>A service that the worker's host has registered.</summary>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    public TService Service<TService>()
        where TService : class =>
        (TService?)Services.GetService(typeof(TService))
        ?? throw new InvalidOperationException($"This worker was started without {typeof(TService).Name}; its host must register it.");
}
