using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Metrics;
using QueryStream.Streams.Settings;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Runs all tasks of a job on the test's thread, in an order that the seed decides, with virtual time: the very code that a worker
/// runs, without a cluster around it. Its disposal cancels what still runs. It fails the test if the job has failed and the test has not
/// asked for <see cref="Failure"/>, if a task reported two outcomes or none, or if a batch was not given back.
/// </summary>
/// <remarks>
/// In hostile mode (<c>QUERYSTREAM_HOSTILE=1</c>) it also moves the job by snapshot and restore, at points and into parallelisms that the
/// seed decides. A test that pushes, runs and reads does not notice; one that is about the tasks of one attempt sets <see cref="Stays"/>.
/// </remarks>
public sealed class JobHarness : IDisposable
{
    private const int MaxWaits = 10_000;
    private const int MoveOdds = 4;
    private const int MaxStepsBeforeMove = 100;
    private static readonly int[] Parallelisms = [1, 2, 3, 7];

    private readonly Action<StreamBuilder> _define;
    private readonly JobSettings _settings;
    private readonly IServiceProvider _services;
    private readonly SourceGate _gate = new();
    private readonly SeededRandom _moves;
    private readonly JobId _job;
    private readonly List<string> _defects = [];
    private readonly List<(TaskId Task, TaskMetrics Metrics)> _past = [];
    private readonly BatchLedger _batches;
    private JobRun _run;
    private int _attempts;
    private readonly bool _hasCheckpoints;
    private long _checkpoints;
    private bool _isFailureKnown;

    /// <summary>Starts a job and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="parallelism">Of all vertices.</param>
    /// <param name="seed">Decides the order of turns.</param>
    /// <param name="settings">What the job is given; null: nothing.</param>
    /// <param name="services">Makes what connectors ask for, by the harness's clock; null: nothing.</param>
    /// <param name="checkpoints">
    /// Whether the job runs with checkpoints: then tasks with two-phase sinks wait at their end for <see cref="CompleteCheckpoint"/>. Without, they commit
    /// when they end.
    /// </param>
    public JobHarness(
        Action<StreamBuilder> define,
        int parallelism = 1,
        ulong seed = 1,
        JobSettings? settings = null,
        Func<TimeProvider, IServiceProvider>? services = null,
        bool checkpoints = false)
        : this(define, parallelism, new Surroundings(seed, settings, services, null, checkpoints), run: true)
    {
    }

    private JobHarness(Action<StreamBuilder> define, int parallelism, Surroundings surroundings, bool run)
    {
        _batches = new BatchLedger(surroundings.Seed);
        Executor = new SimulatedExecutor(surroundings.Seed) { OnRunning = isRunning => BatchLedger.Current = isRunning ? _batches : null };
        _define = define;
        _settings = surroundings.Settings ?? JobSettings.None;
        _services = new HarnessServices(surroundings.Services?.Invoke(Executor.Time), _gate);
        _moves = new SeededRandom(surroundings.Seed);
        _job = new JobId(Executor.NewId());
        _hasCheckpoints = surroundings.HasCheckpoints;
        _checkpoints = surroundings.Restore?.Checkpoint.Number ?? 0;
        _run = Begin(parallelism, surroundings.Restore);
        if (run)
        {
            Start();
        }
        else
        {
            Stays = true;
        }
    }

    /// <summary>What runs the tasks.</summary>
    public SimulatedExecutor Executor { get; }

    /// <summary>Whether the job must not be moved in hostile mode, since the test is about the tasks of one attempt.</summary>
    public bool Stays { get; set; }

    /// <summary>The job's graph.</summary>
    public JobGraph Graph => _run.Graph;

    /// <summary>The first failure of a task. A test that reads it is not failed by <see cref="Dispose"/>.</summary>
    public HarnessFailure? Failure
    {
        get
        {
            _isFailureKnown |= _run.Failure is not null;
            return _run.Failure;
        }
    }

    /// <summary>How the tasks have ended that have.</summary>
    public IReadOnlyDictionary<TaskId, TaskFate> Fates => _run.Fates;

    /// <summary>Whether all tasks have come to the end of their input.</summary>
    public bool IsFinished => _run.IsFinished;

    /// <summary>Whether all tasks have ended and their actors with them.</summary>
    public bool HasStopped => _run.HasStopped;

    /// <summary>Whether all tasks have opened.</summary>
    public bool IsRunning => _run.IsRunning;

    /// <summary>What the tasks count, and have counted before they were moved.</summary>
    public IEnumerable<TaskMetrics> Metrics => _past.Concat(_run.Metrics).Select(task => task.Metrics);

    /// <summary>The clock, in milliseconds since 1970.</summary>
    public long Clock => Executor.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Deploys a job's tasks and runs nothing yet; see <see cref="Tell"/>.</summary>
    public static JobHarness Deploy(Action<StreamBuilder> define, int parallelism = 1, ulong seed = 1) =>
        new(define, parallelism, new Surroundings(seed, null, null, null, false), run: false);

    /// <summary>Starts a job, or another version of it, with the state of a snapshot, and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="snapshot">The state.</param>
    /// <param name="parallelism">Of all vertices; may differ from that of the snapshot.</param>
    /// <param name="seed">Decides the order of turns.</param>
    /// <param name="dropUnclaimed">Whether state may be dropped that no operator of the job claims.</param>
    /// <param name="checkpoints">As in the constructor.</param>
    /// <exception cref="Core.Errors.StateRestoreException">Some state belongs to no operator of the job.</exception>
    public static JobHarness Restore(
        Action<StreamBuilder> define, JobSnapshot snapshot, int parallelism = 1, ulong seed = 1, bool dropUnclaimed = false, bool checkpoints = false)
    {
        JobHarness harness = new(define, parallelism, new Surroundings(seed, null, null, snapshot, checkpoints), run: false) { Stays = false };
        if (!dropUnclaimed)
        {
            snapshot.CheckClaimed(harness.Graph);
        }

        harness.Start();
        return harness;
    }

    /// <summary>What the subtasks of one vertex count.</summary>
    public IEnumerable<TaskMetrics> MetricsOf(JobVertex vertex) =>
        _past.Concat(_run.Metrics).Where(task => task.Task.Vertex == vertex.Id).Select(task => task.Metrics);

    /// <summary>A counter of the job, summed over all tasks.</summary>
    public long Counter(string name) =>
        Metrics.Sum(metrics => metrics.Counters.TryGetValue(name, out Counter? counter) ? counter.Value : 0);

    /// <summary>Sends a barrier through the job and runs until it has passed all tasks: whatever was on its way before is part of the snapshot.</summary>
    /// <param name="wait">Called whenever nothing goes on and the barrier has not got through: lets go on what it may wait for. Null: nothing.</param>
    /// <exception cref="InvalidOperationException">The barrier did not get through, since a task failed or something outside waits.</exception>
    public JobSnapshot Snapshot(Action? wait = null) => TrySnapshot(wait, out TaskId[] missing)
        ?? throw Stuck($"The barrier did not pass {string.Join(", ", missing)}");

    /// <summary>Completes a checkpoint: tells all tasks, which commit its rows, and runs until they wait.</summary>
    /// <param name="snapshot">What <see cref="Snapshot"/> returned. Checkpoints before it count as part of it.</param>
    public void CompleteCheckpoint(JobSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _run.Tell(TaskMessage.CheckpointCompleted(snapshot.Checkpoint));
        Executor.RunUntilIdle();
    }

    /// <summary>Gives up a checkpoint: tells all tasks, and runs until they wait.</summary>
    /// <param name="snapshot">What <see cref="Snapshot"/> returned.</param>
    public void AbortCheckpoint(JobSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _run.Tell(TaskMessage.CheckpointAborted(snapshot.Checkpoint));
        Executor.RunUntilIdle();
    }

    /// <summary>
    /// Moves the job: takes a snapshot behind which <see cref="HarnessSource{T}"/>s bring nothing more, cancels the tasks, and starts them
    /// again with that state. With other sources all that there is must have been read before, see <see cref="Run()"/>. A vertex of which only some
    /// subtasks have ended can keep its parallelism alone: in another one all of them would run again.
    /// </summary>
    /// <param name="parallelism">Of all vertices from now on.</param>
    /// <exception cref="InvalidOperationException">The barrier did not get through, since a task failed or a connector waits; or some subtasks of a vertex have ended.</exception>
    public void Move(int parallelism)
    {
        if (!TryMove(parallelism, out TaskId[] missing))
        {
            throw Stuck($"The barrier did not pass {string.Join(", ", missing)}, or they have ended and others like them have not");
        }
    }

    /// <summary>Runs until all tasks wait for input.</summary>
    public void Run()
    {
        MoveAtRandom();
        Executor.RunUntilIdle();
    }

    /// <summary>Runs some turns and I/O, and leaves the rest due.</summary>
    public void Run(int steps)
    {
        for (int step = 0; step < steps && Executor.RunOne(); step++)
        {
        }
    }

    /// <summary>Lets time go on, and runs what becomes due.</summary>
    public void Advance(TimeSpan duration)
    {
        MoveAtRandom();
        Executor.Advance(duration);
    }

    /// <summary>Sends a message to all tasks: <see cref="TaskMessage.Run"/>, <see cref="TaskMessage.Cancel"/>.</summary>
    public void Tell(TaskMessage message) => _run.Tell(message);

    /// <summary>Cancels all tasks and runs until they have stopped, or wait for a connector.</summary>
    public void Cancel()
    {
        Tell(TaskMessage.Cancel);
        Executor.RunUntilIdle();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The job has failed unseen, a task did not end as it must, or a batch was not given back.</exception>
    public void Dispose()
    {
        Cancel();
        Executor.Dispose();
        _defects.AddRange(_run.Silent.Select(task => $"{task} has stopped without reporting an outcome"));

        if (_run.Failure is { } failure && !_isFailureKnown)
        {
            _defects.Add($"The job has failed: {failure}");
        }

        // What a task was working on when it threw is left to the garbage collector.
        if (HasStopped && _run.Failure is null && _batches.Held != 0)
        {
            _defects.Add($"{_batches.Held} batches were not given back");
            _defects.AddRange(_batches.Holders);
        }

        if (_defects.Count > 0)
        {
            throw new InvalidOperationException($"{string.Join("; ", _defects)} (seed {Executor.Seed}).");
        }
    }

    private JobRun Begin(int parallelism, JobSnapshot? restore)
    {
        JobGraph graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob("harness", _define), _settings), parallelism);
        return new JobRun(Executor, (_job, new Attempt(_attempts++)), graph, _services, new JobRunState(restore, _hasCheckpoints), _defects);
    }

    private void Start()
    {
        Executor.RunUntilIdle();
        Tell(TaskMessage.Run);
        Executor.RunUntilIdle();
    }

    private InvalidOperationException Stuck(string how) =>
        new($"{how} (seed {Executor.Seed}).{(Failure is { } failure ? $" The job has failed: {failure}" : "")}{(_run.SnapshotFailure is { } other ? $" A snapshot could not be written: {other}" : "")}", Failure?.Cause ?? _run.SnapshotFailure?.Cause);

    private JobSnapshot? TrySnapshot(Action? wait, out TaskId[] missing)
    {
        CheckpointId checkpoint = new(++_checkpoints);
        _run.BeginSnapshot(checkpoint);
        Executor.RunUntilIdle();
        for (int i = 0; i < MaxWaits && wait is not null && _run.Missing(checkpoint).Length > 0; i++)
        {
            wait();
            Executor.RunUntilIdle();
        }

        missing = _run.Missing(checkpoint);
        return missing.Length == 0 ? _run.CompleteSnapshot(checkpoint) : null;
    }

    private bool TryMove(int parallelism, out TaskId[] missing)
    {
        _gate.Close();
        JobSnapshot? snapshot = TrySnapshot(null, out missing);

        if (!_run.CanMove(parallelism, out TaskId[] ended))
        {
            (snapshot, missing) = (null, ended);
        }

        if (snapshot is not null)
        {
            CompleteAtRandom(snapshot);
            Cancel();
            _past.AddRange(_run.Metrics);
            _run = Begin(parallelism, snapshot);
        }

        _gate.Open();
        if (snapshot is not null)
        {
            Start();
        }

        return snapshot is not null;
    }

    // The news that a checkpoint is complete may come before a failure, during it, or never.
    private void CompleteAtRandom(JobSnapshot snapshot)
    {
        if (_hasCheckpoints && _moves.Next(2) == 0)
        {
            _run.Tell(TaskMessage.CheckpointCompleted(snapshot.Checkpoint));
            Run(_moves.Next(MaxStepsBeforeMove));
        }
    }

    private void MoveAtRandom()
    {
        if (HostileMode.IsOn && !Stays && IsRunning && _moves.Next(MoveOdds) == 0)
        {
            Run(_moves.Next(MaxStepsBeforeMove));
            TryMove(Parallelisms[_moves.Next(Parallelisms.Length)], out _);
        }
    }

    private sealed record Surroundings(
        ulong Seed, JobSettings? Settings, Func<TimeProvider, IServiceProvider>? Services, JobSnapshot? Restore, bool HasCheckpoints);
}
