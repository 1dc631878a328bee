using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.TestKit.Jobs;

/// <summary>One attempt of a job in a <see cref="JobHarness"/>: its tasks, and what they report.</summary>
internal sealed class JobRun : IDataPlane, ITaskEvents
{
    private readonly Dictionary<TaskId, TaskHandle> _tasks = [];
    private readonly HashSet<TaskId> _running = [];
    private readonly Dictionary<TaskId, TaskFate> _fates = [];
    private readonly Dictionary<(TaskId, CheckpointId), TaskSnapshot> _snapshots = [];
    private readonly List<string> _defects;

    /// <summary>Deploys all tasks.</summary>
    /// <param name="executor">What runs them.</param>
    /// <param name="id">Whose attempt it is, and which one.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="services">What connectors ask for.</param>
    /// <param name="state">The state to begin with.</param>
    /// <param name="defects">Where to say what a task must not do.</param>
    public JobRun(SimulatedExecutor executor, (JobId Job, Attempt Attempt) id, JobGraph graph, IServiceProvider services, JobRunState state, List<string> defects)
    {
        Graph = graph;
        _defects = defects;
        TaskEnvironment environment = new(this, this, services, NullLoggerFactory.Instance)
        {
            Chunks = services.GetService(typeof(IChunkSink)) as IChunkSink ?? MemoryChunks.Instance,
        };
        foreach (JobVertex vertex in graph.Vertices)
        {
            for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
            {
                TaskDeployment deployment = new(id.Job, id.Attempt, graph, vertex, subtask) { Restore = state.Restore, HasCheckpoints = state.HasCheckpoints };
                _tasks.Add(deployment.Id, TaskRunner.Start(executor, deployment, environment));
            }
        }
    }

    public JobGraph Graph { get; }

    public HarnessFailure? Failure { get; private set; }

    /// <summary>The first snapshot of a task that could not be written.</summary>
    public HarnessFailure? SnapshotFailure { get; private set; }

    public IReadOnlyDictionary<TaskId, TaskFate> Fates => _fates;

    public bool IsFinished => _fates.Count == _tasks.Count && _fates.Values.All(fate => fate == TaskFate.Finished);

    public bool HasStopped => _tasks.Values.All(task => task.Mailbox.Stopped.IsCompleted);

    public bool IsRunning => _running.Count == _tasks.Count;

    public IEnumerable<(TaskId Task, TaskMetrics Metrics)> Metrics => _tasks.Select(task => (task.Key, task.Value.Metrics));

    /// <summary>The tasks that have ended without reporting an outcome.</summary>
    public IEnumerable<TaskId> Silent => HasStopped ? _tasks.Keys.Where(task => !_fates.ContainsKey(task)) : [];

    public void Tell(TaskMessage message)
    {
        foreach (TaskHandle task in _tasks.Values)
        {
            task.Mailbox.Tell(message);
        }
    }

    /// <summary>Asks the sources for a barrier.</summary>
    public void BeginSnapshot(CheckpointId checkpoint)
    {
        foreach (TaskHandle task in _tasks.Where(task => IsSource(task.Key) && !_fates.ContainsKey(task.Key)).Select(task => task.Value))
        {
            task.Mailbox.Tell(TaskMessage.TriggerSnapshot(checkpoint));
        }
    }

    /// <summary>The tasks that a barrier has not passed.</summary>
    public TaskId[] Missing(CheckpointId checkpoint) =>
        [.. _tasks.Keys.Where(task => Find(task, checkpoint) is null)];

    /// <summary>Whether the job can go on at another parallelism without doing again what it has done.</summary>
    /// <param name="parallelism">That one.</param>
    /// <param name="ended">The tasks that would end again, and say again what their functions say at their end; or that have failed.</param>
    public bool CanMove(int parallelism, out TaskId[] ended)
    {
        ended = [.. _fates.Where(fate => fate.Value != TaskFate.Finished || !CanMove(fate.Key.Vertex, parallelism)).Select(fate => fate.Key)];
        return ended.Length == 0;
    }

    /// <summary>The state of all tasks, when the barrier has passed them.</summary>
    public JobSnapshot CompleteSnapshot(CheckpointId checkpoint) => JobSnapshot.Of(checkpoint, _tasks.Keys.Select(task => Find(task, checkpoint)!));

    IChannelPeer IDataPlane.Connect(TaskEndpoint near, ChannelId channel) => TaskEndpoint.Connect(near, _tasks[near.FarEndOf(channel)].Endpoint, channel);

    void ITaskEvents.Running(TaskId task, Attempt attempt) => _running.Add(task);

    void ITaskEvents.Snapshotted(TaskSnapshot snapshot, Attempt attempt) => _snapshots[(snapshot.Task, snapshot.Checkpoint)] = snapshot;

    void ITaskEvents.SnapshotFailed(TaskId task, CheckpointId checkpoint, Attempt attempt, string operatorName, Exception cause)
    {
        SnapshotFailure ??= new HarnessFailure(task, operatorName, cause);
    }

    void ITaskEvents.Finished(TaskId task, Attempt attempt) => End(task, TaskFate.Finished);

    void ITaskEvents.Failed(TaskId task, Attempt attempt, string operatorName, Exception cause)
    {
        Failure ??= cause is RowFailedException { InnerException: { } thrown } row
            ? new HarnessFailure(task, operatorName, thrown, row.Position)
            : new HarnessFailure(task, operatorName, cause);
        End(task, TaskFate.Failed);
    }

    void ITaskEvents.Canceled(TaskId task, Attempt attempt) => End(task, TaskFate.Canceled);

    // The last state of a task that finishes belongs to all later checkpoints.
    private TaskSnapshot? Find(TaskId task, CheckpointId checkpoint) =>
        _snapshots.GetValueOrDefault((task, checkpoint)) ?? _snapshots.GetValueOrDefault((task, new CheckpointId(0)));

    private bool IsSource(TaskId task) => Graph.Vertices.First(vertex => vertex.Id == task.Vertex).Head.Inputs.Count == 0;

    private bool CanMove(VertexId vertex, int parallelism)
    {
        TaskId[] subtasks = [.. _tasks.Keys.Where(task => task.Vertex == vertex)];
        return subtasks.Length == parallelism || subtasks.All(_fates.ContainsKey);
    }

    private void End(TaskId task, TaskFate fate)
    {
        if (!_fates.TryAdd(task, fate))
        {
            _defects.Add($"{task} was {_fates[task]}, and then said that it was {fate}");
        }
    }
}

/// <summary>What an attempt begins with.</summary>
/// <param name="Restore">The state; null: none.</param>
/// <param name="HasCheckpoints">Whether its two-phase sinks wait for checkpoints at their end.</param>
internal sealed record JobRunState(JobSnapshot? Restore, bool HasCheckpoints);

/// <summary>What connectors in a <see cref="JobHarness"/> may ask for: what the test gives, and the gate.</summary>
internal sealed class HarnessServices(IServiceProvider? services, SourceGate gate) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType == typeof(SourceGate) ? gate : services?.GetService(serviceType);
}

/// <summary>Closes all sources of a <see cref="JobHarness"/> behind a barrier, so that nothing follows that another attempt would bring again. Used by the test's thread.</summary>
internal sealed class SourceGate
{
    private readonly List<Action> _wakes = [];

    /// <summary>Whether sources bring nothing for now.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Has a reader woken when the gate opens.</summary>
    public void Add(Action wake) => _wakes.Add(wake);

    /// <summary>Forgets a reader.</summary>
    public void Remove(Action wake) => _wakes.Remove(wake);

    /// <summary>Closes the gate.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Opens the gate.</summary>
    public void Open()
    {
        IsClosed = false;
        _wakes.ForEach(wake => wake());
    }
}
