using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Runs all tasks of a job on the test's thread, in an order that the seed decides, with virtual time: the very code that a worker
/// runs, without a cluster around it. Its disposal cancels what still runs, and fails the test if a task told of two fates or none, or
/// if a batch was not given back; so one thread must not use two harnesses at a time.
/// </summary>
public sealed class JobHarness : IDataPlane, ITaskEvents, IDisposable
{
    private const int MostWaits = 10_000;

    private static readonly Attempt FirstAttempt = new(0);

    private readonly Dictionary<TaskId, TaskHandle> _tasks = [];
    private readonly HashSet<TaskId> _running = [];
    private readonly Dictionary<TaskId, TaskFate> _fates = [];
    private readonly Dictionary<(TaskId, CheckpointId), TaskSnapshot> _snapshots = [];
    private readonly List<string> _defects = [];
    private readonly long _batchesHeld = BatchLedger.Held;
    private long _checkpoints;

    /// <summary>Starts a job and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="parallelism">Of all vertices.</param>
    /// <param name="seed">Decides the order of turns.</param>
    /// <param name="settings">What the job is given; null: nothing.</param>
    /// <param name="services">Makes what connectors ask for, by the harness's clock; null: nothing.</param>
    public JobHarness(
        Action<StreamBuilder> define,
        int parallelism = 1,
        ulong seed = 1,
        JobSettings? settings = null,
        Func<TimeProvider, IServiceProvider>? services = null)
        : this(define, parallelism, seed, new Surroundings(settings, services, null), run: true)
    {
    }

    private JobHarness(Action<StreamBuilder> define, int parallelism, ulong seed, Surroundings surroundings, bool run)
    {
        Executor = new SimulatedExecutor(seed);
        Graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob(define), surroundings.Settings ?? JobSettings.None), parallelism);
        JobId job = new(Executor.NewId());
        TaskEnvironment environment = new(this, this, surroundings.Services?.Invoke(Executor.Time) ?? new NoServices(), NullLoggerFactory.Instance);
        foreach (JobVertex vertex in Graph.Vertices)
        {
            for (int subtask = 0; subtask < parallelism; subtask++)
            {
                TaskDeployment deployment = new(job, FirstAttempt, Graph, vertex, subtask) { Restore = surroundings.Restore };
                _tasks.Add(deployment.Id, TaskRunner.Start(Executor, deployment, environment));
            }
        }

        if (run)
        {
            Start();
        }
    }

    /// <summary>What runs the tasks.</summary>
    public SimulatedExecutor Executor { get; }

    /// <summary>The job's graph.</summary>
    public JobGraph Graph { get; }

    /// <summary>The first failure of a task.</summary>
    public HarnessFailure? Failure { get; private set; }

    /// <summary>How the tasks have ended that have.</summary>
    public IReadOnlyDictionary<TaskId, TaskFate> Fates => _fates;

    /// <summary>Whether all tasks have come to the end of their input.</summary>
    public bool IsFinished => _fates.Count == _tasks.Count && _fates.Values.All(fate => fate == TaskFate.Finished);

    /// <summary>Whether all tasks have ended and their actors with them.</summary>
    public bool HasStopped => _tasks.Values.All(task => task.Mailbox.Stopped.IsCompleted);

    /// <summary>Whether all tasks have opened.</summary>
    public bool IsRunning => _running.Count == _tasks.Count;

    /// <summary>What the tasks count.</summary>
    public IEnumerable<TaskMetrics> Metrics => _tasks.Values.Select(task => task.Metrics);

    /// <summary>The clock, in milliseconds since 1970.</summary>
    public long Clock => Executor.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Deploys a job's tasks and runs nothing yet; see <see cref="Tell"/>.</summary>
    public static JobHarness Deploy(Action<StreamBuilder> define, int parallelism = 1, ulong seed = 1) =>
        new(define, parallelism, seed, new Surroundings(null, null, null), run: false);

    /// <summary>Starts a job, or another version of it, with the state of a snapshot, and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="snapshot">The state.</param>
    /// <param name="parallelism">Of all vertices; may differ from that of the snapshot.</param>
    /// <param name="seed">Decides the order of turns.</param>
    /// <param name="dropUnclaimed">Whether state may be dropped that no operator of the job claims.</param>
    /// <exception cref="Core.Errors.StateRestoreException">Some state belongs to no operator of the job.</exception>
    public static JobHarness Restore(
        Action<StreamBuilder> define, JobSnapshot snapshot, int parallelism = 1, ulong seed = 1, bool dropUnclaimed = false)
    {
        JobHarness harness = new(define, parallelism, seed, new Surroundings(null, null, snapshot), run: false);
        if (!dropUnclaimed)
        {
            snapshot.CheckClaimed(harness.Graph);
        }

        harness.Start();
        return harness;
    }

    /// <summary>What the subtasks of one vertex count.</summary>
    public IEnumerable<TaskMetrics> MetricsOf(JobVertex vertex) =>
        _tasks.Where(task => task.Key.Vertex == vertex.Id).Select(task => task.Value.Metrics);

    /// <summary>A counter of the job, summed over all tasks.</summary>
    public long Counter(string name) =>
        Metrics.Sum(metrics => metrics.Counters.TryGetValue(name, out Streams.Metrics.Counter? counter) ? counter.Value : 0);

    /// <summary>Sends a barrier through the job and runs until it has passed all tasks: whatever was on its way before is part of the snapshot.</summary>
    /// <param name="wait">Called whenever nothing goes on and the barrier has not got through: lets go on what it may wait for. Null: nothing.</param>
    /// <exception cref="InvalidOperationException">The barrier did not get through, since a task failed or something outside waits.</exception>
    public JobSnapshot Snapshot(Action? wait = null)
    {
        CheckpointId checkpoint = new(++_checkpoints);
        foreach (TaskHandle task in _tasks.Where(task => IsSource(task.Key) && !_fates.ContainsKey(task.Key)).Select(task => task.Value))
        {
            task.Mailbox.Tell(new TaskMessage(TaskMessageKind.Snapshot) { Checkpoint = checkpoint });
        }

        Executor.RunUntilIdle();
        for (int i = 0; i < MostWaits && wait is not null && _tasks.Keys.Any(task => Find(task, checkpoint) is null); i++)
        {
            wait();
            Executor.RunUntilIdle();
        }

        TaskId[] missing = [.. _tasks.Keys.Where(task => Find(task, checkpoint) is null)];
        return missing.Length == 0
            ? JobSnapshot.Of(_tasks.Keys.Select(task => Find(task, checkpoint)!))
            : throw new InvalidOperationException($"The barrier did not pass {string.Join(", ", missing)} (seed {Executor.Seed}).");
    }

    /// <summary>Runs until all tasks wait for input.</summary>
    public void Run() => Executor.RunUntilIdle();

    /// <summary>Runs some turns and I/O, and leaves the rest due.</summary>
    public void Run(int steps)
    {
        for (int step = 0; step < steps && Executor.RunOne(); step++)
        {
        }
    }

    /// <summary>Lets time go on, and runs what becomes due.</summary>
    public void Advance(TimeSpan duration) => Executor.Advance(duration);

    /// <summary>Sends a message to all tasks: <see cref="TaskMessageKind.Run"/>, <see cref="TaskMessageKind.Cancel"/>.</summary>
    public void Tell(TaskMessageKind kind)
    {
        foreach (TaskHandle task in _tasks.Values)
        {
            task.Mailbox.Tell(new TaskMessage(kind));
        }
    }

    /// <summary>Cancels all tasks and runs until they have stopped, or wait for a connector.</summary>
    public void Cancel()
    {
        Tell(TaskMessageKind.Cancel);
        Executor.RunUntilIdle();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A task did not end as it must, or a batch was not given back.</exception>
    public void Dispose()
    {
        Cancel();
        Executor.Dispose();
        _defects.AddRange(_tasks.Keys.Where(task => HasStopped && !_fates.ContainsKey(task)).Select(task => $"{task} has stopped without a word"));

        // What a task was working on when it threw is left to the garbage collector.
        if (HasStopped && Failure is null && BatchLedger.Held != _batchesHeld)
        {
            _defects.Add($"{BatchLedger.Held - _batchesHeld} batches were not given back");
        }

        if (_defects.Count > 0)
        {
            throw new InvalidOperationException($"{string.Join("; ", _defects)} (seed {Executor.Seed}).");
        }
    }

    ActorRef<TaskMessage> IDataPlane.Connect(TaskId task, Attempt attempt) => _tasks[task].Mailbox;

    void ITaskEvents.Running(TaskId task, Attempt attempt) => _running.Add(task);

    void ITaskEvents.Snapshotted(TaskSnapshot snapshot, Attempt attempt) => _snapshots[(snapshot.Task, snapshot.Checkpoint)] = snapshot;

    void ITaskEvents.Finished(TaskId task, Attempt attempt) => End(task, TaskFate.Finished);

    void ITaskEvents.Failed(TaskId task, Attempt attempt, string operatorName, Exception cause)
    {
        Failure ??= cause is RowFailedException { InnerException: { } thrown } row
            ? new HarnessFailure(task, operatorName, thrown, row.Position)
            : new HarnessFailure(task, operatorName, cause);
        End(task, TaskFate.Failed);
    }

    void ITaskEvents.Canceled(TaskId task, Attempt attempt) => End(task, TaskFate.Canceled);

    // What a task says when it finishes belongs to all checkpoints that it has not had before.
    private TaskSnapshot? Find(TaskId task, CheckpointId checkpoint) =>
        _snapshots.GetValueOrDefault((task, checkpoint)) ?? _snapshots.GetValueOrDefault((task, new CheckpointId(0)));

    private bool IsSource(TaskId task) => Graph.Vertices.First(vertex => vertex.Id == task.Vertex).Head.Inputs.Count == 0;

    private void Start()
    {
        Executor.RunUntilIdle();
        Tell(TaskMessageKind.Run);
        Executor.RunUntilIdle();
    }

    private void End(TaskId task, TaskFate fate)
    {
        if (!_fates.TryAdd(task, fate))
        {
            _defects.Add($"{task} was {_fates[task]}, and then said that it was {fate}");
        }
    }

    private sealed class LambdaJob(Action<StreamBuilder> define) : IStreamJob
    {
        public string Name => "harness";

        public void Define(StreamBuilder job) => define(job);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed record Surroundings(JobSettings? Settings, Func<TimeProvider, IServiceProvider>? Services, JobSnapshot? Restore);
}
