using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>What one subtask of a source or sink is given by the task that it works in.</summary>
public abstract class ConnectorContext
{
    private readonly Action _wake;
    private readonly Action<Exception> _fail;

    /// <summary>Creates a context.</summary>
    protected ConnectorContext(
        TaskId task, int parallelism, TimeProvider time, IServiceProvider services, ILoggerFactory loggers, Action wake, Action<Exception> fail)
    {
        Task = task;
        Parallelism = parallelism;
        Time = time;
        Services = services;
        Loggers = loggers;
        _wake = wake;
        _fail = fail;
    }

    /// <summary>The task, with its subtask index.</summary>
    public TaskId Task { get; }

    /// <summary>The number of subtasks.</summary>
    public int Parallelism { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What the worker's tasks share: clients, of which there is one a worker and cluster.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Where to log.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>Gives the task a turn. Safe on any thread, cheap, and harmless where it was not needed.</summary>
    public void Wake() => _wake();

    /// <summary>Fails the task: for what waiting cannot mend. Safe on any thread.</summary>
    public void Fail(Exception exception) => _fail(exception);

    /// <summary>A service that the worker's host has registered.</summary>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    public TService Service<TService>()
        where TService : class =>
        (TService?)Services.GetService(typeof(TService))
        ?? throw new InvalidOperationException($"This worker was started without {typeof(TService).Name}; its host must register it.");
}
