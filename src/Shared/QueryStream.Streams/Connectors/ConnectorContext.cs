using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// The context of one subtask of a source or sink. A connector uses its state only in turns (calls by the engine, and the callbacks below). Turns
/// never overlap, so the state needs no lock, and the simulation can replay them.
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

    /// <summary>The services that all tasks of a worker share, such as clients: one for each external cluster.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The loggers.</summary>
    public ILoggerFactory Loggers => _host.Loggers;

    /// <summary>
    /// Whether the job takes checkpoints, so that its positions are stored and <see cref="ISourceReader{T}.CheckpointCompleted"/> is called.
    /// </summary>
    public bool HasCheckpoints => _host.HasCheckpoints;

    /// <summary>
    /// Whether a checkpoint is under way whose barrier has not passed the task. The barrier is behind rows, so whoever needs it must go on taking
    /// rows. The task gets a turn whenever it changes. Read in turns only.
    /// </summary>
    public bool IsBarrierComing => _host.IsBarrierComing;

    /// <summary>
    /// Asks for a checkpoint before the next one is due, for a connector that would otherwise run out of room. Called in turns only. The coordinator
    /// triggers it when none is under way and the minimum pause is over; a checkpoint under way is enough where its barrier has not passed the task.
    /// If the checkpoint is aborted, ask again. Without checkpoints (<see cref="HasCheckpoints"/>) nothing happens but a line in the log.
    /// </summary>
    /// <param name="reason">Why, for the log: what follows "asks for a checkpoint: ".</param>
    public void RequestCheckpoint(string reason) => _host.RequestCheckpoint(reason);

    /// <summary>Schedules a turn of the task. Safe on any thread, cheap, and harmless if it is not needed.</summary>
    public void Wake() => _host.Wake();

    /// <summary>Fails the task, for errors that waiting and retrying cannot fix. Safe on any thread.</summary>
    public void Fail(Exception exception) => _host.Fail(exception);

    /// <summary>Shows a current problem of the external system with the job's metrics, until the next call. Safe on any thread.</summary>
    /// <param name="problem">The problem, for people; null: it is over.</param>
    public void ShowProblem(string? problem) => _host.ShowProblem(problem);

    /// <summary>Starts I/O, such as a request. Called in turns only.</summary>
    /// <param name="work">Runs outside of the task, and must not touch the state of turns. Its token is cancelled when the task closes. The connector
    /// is disposed after all its work has ended, so work that ignores the token delays the task's end.</param>
    /// <param name="completed">Called once, in a turn, with the value or the exception; not called once the task closes. Its exceptions fail the
    /// task.</param>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed) => _host.Start(work, completed);

    /// <summary>As <see cref="Start{T}(Func{CancellationToken, Task{T}}, Action{IoResult{T}})"/>, for work without a value.</summary>
    /// <param name="work">The work.</param>
    /// <param name="completed">Called with the exception of the work, or null.</param>
    public void Start(Func<CancellationToken, Task> work, Action<Exception?> completed) => _host.Start(
        async cancellationToken =>
        {
            await work(cancellationToken).ConfigureAwait(false);
            return true;
        },
        result => completed(result.Failure));

    /// <summary>Calls back once after a delay. Called in turns only.</summary>
    /// <param name="delay">The delay by the task's clock, from 0 to 40 days; more counts as 40 days.</param>
    /// <param name="callback">Called in a turn; not called once the task closes. Its exceptions fail the task.</param>
    /// <returns>Dispose it, in a turn, to cancel the callback.</returns>
    public IDisposable After(TimeSpan delay, Action callback) => _host.After(delay, callback);

    /// <summary>64 random bits; in a simulation they depend on its seed. Called in turns only.</summary>
    public ulong NextRandom() => _host.NextRandom();

    /// <summary>A service that the worker's host has registered.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    public TService Service<TService>()
        where TService : class =>
        (TService?)Services.GetService(typeof(TService))
        ?? throw new InvalidOperationException($"This worker was started without {typeof(TService).Name}; its host must register it.");
}
