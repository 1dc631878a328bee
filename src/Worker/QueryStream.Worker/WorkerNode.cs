using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Core.Time;
using QueryStream.Wire;
using QueryStream.Wire.Control;
using QueryStream.Wire.State;
using QueryStream.Worker.Agent;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker;

/// <summary>
/// A worker (Flink's TaskManager). A transport, over a network or within a process, connects it to the coordinator and passes it the
/// coordinator's messages. Safe on any thread.
/// </summary>
public sealed class WorkerNode : IAsyncDisposable
{
    // Sources and sinks may wait for external systems when they are closed.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    // A checkpoint, and the start of the tasks elsewhere.
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(20);

    private readonly WorkerOptions _options;
    private readonly ActorRef<AgentMessage> _agent;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly PublishedTasks _published;

    /// <summary>Starts a worker. It does nothing until it is connected.</summary>
    /// <exception cref="Core.Errors.SettingException">An option is not allowed.</exception>
    public WorkerNode(WorkerOptions options, Executor executor, WorkerServices services)
        : this(options, executor, services, new RuntimeTaskRunner())
    {
    }

    internal WorkerNode(WorkerOptions options, Executor executor, WorkerServices services, ITaskRunner runner)
    {
        options.Validate();
        _options = options;
        _time = executor.Time;
        _log = services.Loggers.CreateLogger<WorkerNode>();
        WorkerAgent agent = new(options, services, runner);
        _published = agent.Published;
        _agent = executor.Start($"worker {options.Worker}", agent);
    }

    /// <summary>Completes when the worker has left the cluster and its tasks have ended. Never faults.</summary>
    public Task Stopped => _agent.Stopped;

    /// <summary>The tasks that run in its slots, with their metrics of about a second ago.</summary>
    public IReadOnlyList<RunningTask> Tasks => _published.Tasks;

    /// <summary>A connection to the coordinator is open; the worker registers on it.</summary>
    public void Connected(ILink<CoordinatorMessage> link) => _agent.Tell(new AgentMessage.Connected(link));

    /// <summary>The coordinator has sent a message on the connection of that link.</summary>
    public void Receive(ILink<CoordinatorMessage> link, WorkerMessage message) => _agent.Tell(new AgentMessage.MessageReceived(link, message));

    /// <summary>The connection of that link is lost.</summary>
    public void Disconnected(ILink<CoordinatorMessage> link) => _agent.Tell(new AgentMessage.Disconnected(link));

    /// <summary>
    /// Asks one of its tasks for the state of a key. The task answers between two elements of its input, so a busy one answers late. Never faults.
    /// </summary>
    public Task<StateAnswer> ReadStateAsync(StateQuery query)
    {
        TaskCompletionSource<StateAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _agent.Tell(new AgentMessage.ReadState(query, answer));
        return answer.Task;
    }

    /// <summary>Cancels all tasks and leaves the cluster. <see cref="Stopped"/> completes when that is done.</summary>
    public void Stop() => _agent.Tell(new AgentMessage.Stop());

    /// <summary>
    /// Leaves the cluster: the coordinator takes a checkpoint and moves the tasks to other workers. After 20 s, tasks that are still here are
    /// cancelled, which takes at most 15 s; without a coordinator, at once.
    /// </summary>
    public async Task LeaveAsync()
    {
        BeginLeave();
        try
        {
            await _agent.Stopped.WaitAsync(MoveLimit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.MoveTimedOut(_log, _options.Worker, Durations.Format(MoveLimit));
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asks the coordinator to move the tasks, and stops when they have moved.</summary>
    internal void BeginLeave() => _agent.Tell(new AgentMessage.Leave());

    /// <summary>Stops the worker, and waits at most 15 s until it has stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            await _agent.Stopped.WaitAsync(StopLimit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.StopTimedOut(_log, _options.Worker, Durations.Format(StopLimit));
        }
    }
}
