using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.TestKit.Jobs;

/// <summary>One attempt of a job in a <see cref="JobHarness"/>: its tasks and their reports.</summary>
internal sealed partial class JobRun : IDataPlane, ITaskEvents
{
    private const string Storage = "memory";

    private static readonly CheckpointTarget Target = new(Storage, new Epoch(1));

    private readonly Dictionary<TaskId, TaskHandle> _tasks = [];
    private readonly HashSet<TaskId> _running = [];
    private readonly Dictionary<TaskId, TaskOutcome> _outcomes = [];
    private readonly Dictionary<(TaskId, CheckpointId), TaskSnapshot> _snapshots = [];
    private readonly List<string> _defects;
    private readonly SimulatedExecutor _executor;
    private readonly TaskEnvironment _environment;
    private readonly JobRunState _state;

    /// <summary>Deploys all tasks.</summary>
    /// <param name="executor">The executor of the tasks.</param>
    /// <param name="id">The job and the attempt.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="services">The services of connectors.</param>
    /// <param name="state">The initial state.</param>
    /// <param name="defects">Receives violations of the task protocol.</param>
    public JobRun(
        SimulatedExecutor executor,
        (JobId Job, Attempt Attempt) id,
        JobGraph graph,
        IServiceProvider services,
        JobRunState state,
        List<string> defects)
    {
        Graph = graph;
        _region = id.Attempt;
        _defects = defects;
        _executor = executor;
        _state = state;
        // A test may wrap this data plane, to lose or duplicate elements.
        IDataPlane channels = (services.GetService(typeof(Func<IDataPlane, IDataPlane>)) as Func<IDataPlane, IDataPlane>)?.Invoke(this) ?? this;
        _environment = new(channels, this, services, NullLoggerFactory.Instance)
        {
            Segments = (_, _) => state.Segments,
            StateBackend = services.GetService(typeof(IStateBackend)) as IStateBackend ?? HeapStateBackend.Instance,
        };
        RestoredCheckpoint? restored = state.Restore is { } snapshot
            ? new RestoredCheckpoint(snapshot.State, Storage, new ChunkReader(snapshot.Segments))
            : null;
        foreach (JobVertex vertex in graph.Vertices)
        {
            for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
            {
                TaskDeployment deployment = new(id.Job, id.Attempt, graph, vertex, subtask)
                {
                    Restore = restored,
                    Checkpoints = Target,
                    HasCheckpoints = state.HasCheckpoints,
                };
                _tasks.Add(deployment.Id, TaskRunner.Start(executor, deployment, _environment));
            }
        }
    }

    public JobGraph Graph { get; }

    public HarnessFailure? Failure { get; private set; }

    /// <summary>The first failure to write a task's snapshot.</summary>
    public HarnessFailure? SnapshotFailure { get; private set; }

    /// <summary>The checkpoints that operators have asked for.</summary>
    public List<(TaskId Task, CheckpointId LastBarrier, string OperatorName)> Requests { get; } = [];

    public IEnumerable<TaskId> Tasks => _tasks.Keys;

    public IReadOnlyDictionary<TaskId, TaskOutcome> Outcomes => _outcomes;

    public bool IsFinished => _outcomes.Count == _tasks.Count && _outcomes.Values.All(outcome => outcome == TaskOutcome.Finished);

    public bool HasStopped => _tasks.Values.All(task => task.Mailbox.Stopped.IsCompleted);

    public bool IsRunning => _running.Count == _tasks.Count;

    public IEnumerable<(TaskId Task, TaskMetrics Metrics)> Metrics => _tasks.Select(task => (task.Key, task.Value.Metrics)).Concat(_departed);

    /// <summary>The tasks that have stopped without reporting an outcome.</summary>
    public IEnumerable<TaskId> WithoutOutcome => HasStopped ? _tasks.Keys.Where(task => !_outcomes.ContainsKey(task)) : [];

    public void Tell(TaskMessage message)
    {
        foreach (TaskHandle task in _tasks.Values)
        {
            task.Mailbox.Tell(message);
        }
    }

    /// <summary>Asks the task that owns a key for its state.</summary>
    public void Read(string operatorName, string key, Action<StateReadResult> answer)
    {
        (JobVertex vertex, StreamNode node) = (from one in Graph.Vertices from held in one.Nodes where held.Name == operatorName select (one, held))
            .First();
        KeyAsJson parsed = (node.StateKey ?? throw new StateQueryException($"{node.Name} has no keyed state.")).Parse(key);
        int owner = Graph.RoutingOf(vertex).SubtaskOf(parsed.Hash);
        TaskHandle task = _tasks.First(task => task.Key.Vertex == vertex.Id && task.Key.Subtask == owner).Value;
        task.Mailbox.Tell(TaskMessage.ReadState(new StateRead(node.Id, KeyGroup.Of(parsed.Hash, Graph.KeyGroups), parsed.Json, answer)));
    }

    /// <summary>Begins a checkpoint: sources send its barrier.</summary>
    public void BeginSnapshot(CheckpointId checkpoint, SnapshotStop stop)
    {
        TaskMessage trigger = TaskMessage.TriggerSnapshot(new SnapshotTrigger(checkpoint, Target) { Stop = stop });
        foreach (TaskHandle task in _tasks.Where(task => !_outcomes.ContainsKey(task.Key)).Select(task => task.Value))
        {
            task.Mailbox.Tell(trigger);
        }
    }

    /// <summary>The tasks that the barrier has not passed.</summary>
    public TaskId[] Missing(CheckpointId checkpoint) =>
        [.. _tasks.Keys.Where(task => Find(task, checkpoint) is null)];

    /// <summary>Whether the job can continue with another parallelism without repeating finished work.</summary>
    /// <param name="parallelism">The new parallelism.</param>
    /// <param name="ended">The tasks that have failed, or would finish a second time and emit the final rows of their functions again.</param>
    public bool CanRescale(int parallelism, out TaskId[] ended)
    {
        ended =
        [
            .. _outcomes.Where(outcome => outcome.Value != TaskOutcome.Finished || !CanRescale(outcome.Key.Vertex, parallelism))
                .Select(outcome => outcome.Key),
        ];
        return ended.Length == 0;
    }

    /// <summary>The state of all tasks, once the barrier has passed them.</summary>
    public JobSnapshot CompleteSnapshot(CheckpointId checkpoint)
    {
        JobSnapshot snapshot = JobSnapshot.Of(checkpoint, _tasks.Keys.Select(task => Find(task, checkpoint)!));
        _defects.AddRange(snapshot.Unbalanced.Select(part => $"Rows are missing in the ledger of checkpoint {checkpoint}: {part}"));
        return snapshot;
    }

    /// <summary>Checks the ledger for lost rows, if all tasks have written their last state.</summary>
    public void CheckLastLedger()
    {
        CheckpointId last = new(0);
        if (_tasks.Keys.All(task => _snapshots.ContainsKey((task, last))))
        {
            CompleteSnapshot(last);
        }
    }

    IChannelPeer IDataPlane.Connect(TaskEndpoint near, ChannelId channel) =>
        TaskEndpoint.Connect(near, _tasks[near.FarEndOf(channel)].Endpoint, channel);

    void ITaskEvents.Running(TaskId task, Attempt attempt) => _running.Add(task);

    void ITaskEvents.Snapshotted(TaskSnapshot snapshot, Attempt attempt) => _snapshots[(snapshot.Task, snapshot.Checkpoint)] = snapshot;

    void ITaskEvents.SnapshotFailed(TaskId task, CheckpointId checkpoint, Attempt attempt, string operatorName, Exception cause)
    {
        SnapshotFailure ??= new HarnessFailure(task, operatorName, cause);
    }

    void ITaskEvents.CheckpointRequested(TaskId task, Attempt attempt, CheckpointId lastBarrier, string operatorName, string reason) =>
        Requests.Add((task, lastBarrier, operatorName));

    void ITaskEvents.Finished(TaskId task, Attempt attempt) => End(task, TaskOutcome.Finished);

    void ITaskEvents.Failed(TaskId task, Attempt attempt, string operatorName, Exception cause)
    {
        Failure ??= cause is RowFailedException { InnerException: { } thrown } row
            ? new HarnessFailure(task, operatorName, thrown, row.Position)
            : new HarnessFailure(task, operatorName, cause);
        End(task, TaskOutcome.Failed);
    }

    void ITaskEvents.Canceled(TaskId task, Attempt attempt) => End(task, TaskOutcome.Canceled);

    // The final state of a finished task belongs to all later checkpoints.
    private TaskSnapshot? Find(TaskId task, CheckpointId checkpoint) =>
        _snapshots.GetValueOrDefault((task, checkpoint)) ?? _snapshots.GetValueOrDefault((task, new CheckpointId(0)));

    private bool CanRescale(VertexId vertex, int parallelism)
    {
        TaskId[] subtasks = [.. _tasks.Keys.Where(task => task.Vertex == vertex)];
        return subtasks.Length == parallelism || subtasks.All(_outcomes.ContainsKey);
    }

    private void End(TaskId task, TaskOutcome outcome)
    {
        if (!_outcomes.TryAdd(task, outcome))
        {
            _defects.Add($"{task} was {_outcomes[task]}, and then reported that it was {outcome}");
        }
    }
}

/// <summary>The initial state of an attempt.</summary>
/// <param name="Restore">The state; null: none.</param>
/// <param name="Segments">Where tasks write their state.</param>
/// <param name="HasCheckpoints">Whether two-phase sinks wait for a checkpoint at their end.</param>
internal sealed record JobRunState(HarnessSnapshot? Restore, ISegments Segments, bool HasCheckpoints);
