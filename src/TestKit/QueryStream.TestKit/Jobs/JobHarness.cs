using QueryStream.Checkpoints.Chunks;
using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Metrics;
using QueryStream.Streams.Settings;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// Runs all tasks of a job on the test's thread, in an order given by a seed, with virtual time: the code that a worker runs, without a cluster.
/// <see cref="Dispose"/> cancels the tasks. It throws if the job has failed and the test has not read <see cref="Failure"/>, if a task reported no
/// outcome or two, if a batch was not released, or if rows are missing in the ledger of a snapshot or of the finished job.
/// </summary>
/// <remarks>
/// In hostile mode (<c>QUERYSTREAM_HOSTILE=1</c>) it also moves the job by snapshot and restore, at random points and to random parallelisms. A test
/// that pushes, runs and reads does not notice; a test about the tasks of one attempt sets <see cref="IsPinned"/>.
/// </remarks>
public sealed partial class JobHarness : IDisposable
{
    private const int MaxWaits = 10_000;
    private const int RescaleOdds = 4;
    private const int MaxStepsBeforeRescale = 100;
    private static readonly int[] Parallelisms = [1, 2, 3, 7];

    private readonly Action<StreamBuilder> _define;
    private readonly JobSettings _settings;
    private readonly IServiceProvider _services;
    private readonly SourceGate _gate = new();
    private readonly SeededRandom _rescales;
    private readonly JobId _job;
    private readonly ISegments _segments;
    private readonly List<string> _defects = [];
    private readonly List<(TaskId Task, TaskMetrics Metrics)> _earlierMetrics = [];
    private readonly BatchLedger _batches;
    private JobRun _run;
    private int _attempts;
    private readonly bool _hasCheckpoints;
    private long _checkpoints;
    private bool _isFailureKnown;

    /// <summary>Starts a job and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="parallelism">The parallelism of all vertices.</param>
    /// <param name="seed">Determines the order of turns.</param>
    /// <param name="settings">The job's settings; null: none.</param>
    /// <param name="services">Creates the services of connectors, given the harness's clock; null: none.</param>
    /// <param name="checkpoints">
    /// Whether the job runs with checkpoints. If so, tasks with two-phase sinks wait at their end for <see cref="CompleteCheckpoint"/>; if not, they
    /// commit at their end.
    /// </param>
    public JobHarness(
        Action<StreamBuilder> define,
        int parallelism = 1,
        ulong seed = 1,
        JobSettings? settings = null,
        Func<TimeProvider, IServiceProvider>? services = null,
        bool checkpoints = false)
        : this(define, parallelism, new HarnessOptions(seed, settings, services, null, checkpoints), run: true)
    {
    }

    private JobHarness(Action<StreamBuilder> define, int parallelism, HarnessOptions options, bool run)
    {
        _batches = new BatchLedger(options.Seed);
        Executor = new SimulatedExecutor(options.Seed) { OnRunning = isRunning => BatchLedger.Current = isRunning ? _batches : null };
        _define = define;
        _settings = options.Settings ?? JobSettings.None;
        _services = new HarnessServices(options.Services?.Invoke(Executor.Time), _gate);
        _segments = _services.GetService(typeof(ISegments)) as ISegments ?? new MemorySegments();
        _rescales = new SeededRandom(options.Seed);
        _job = new JobId(Executor.NewId());
        _hasCheckpoints = options.HasCheckpoints;
        _checkpoints = options.Restore?.State.Checkpoint.Number ?? 0;
        _run = Begin(parallelism, options.Restore);
        if (run)
        {
            Start();
        }
        else
        {
            IsPinned = true;
        }
    }

    /// <summary>The executor of the tasks.</summary>
    public SimulatedExecutor Executor { get; }

    /// <summary>Whether hostile mode must not move the job, because the test is about the tasks of one attempt.</summary>
    public bool IsPinned { get; set; }

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

    /// <summary>The outcomes of the tasks that have ended.</summary>
    public IReadOnlyDictionary<TaskId, TaskOutcome> Outcomes => _run.Outcomes;

    /// <summary>The checkpoints that operators of this attempt have asked for, with the last barrier that had reached their task.</summary>
    public IReadOnlyList<(TaskId Task, CheckpointId LastBarrier, string OperatorName)> CheckpointRequests => _run.Requests;

    /// <summary>Whether all tasks have reached the end of their input.</summary>
    public bool IsFinished => _run.IsFinished;

    /// <summary>Whether all tasks have ended and their actors have stopped.</summary>
    public bool HasStopped => _run.HasStopped;

    /// <summary>Whether all tasks have opened.</summary>
    public bool IsRunning => _run.IsRunning;

    /// <summary>The metrics of all tasks, including those of earlier attempts.</summary>
    public IEnumerable<TaskMetrics> Metrics => _earlierMetrics.Concat(_run.Metrics).Select(task => task.Metrics);

    /// <summary>The clock, in milliseconds since 1970.</summary>
    public long Clock => Executor.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Deploys a job's tasks without running anything; see <see cref="Tell"/>.</summary>
    public static JobHarness Deploy(Action<StreamBuilder> define, int parallelism = 1, ulong seed = 1) =>
        new(define, parallelism, new HarnessOptions(seed, null, null, null, false), run: false);

    /// <summary>Starts a job, or another version of it, from a snapshot, and runs it until it waits for input.</summary>
    /// <param name="define">Builds the graph.</param>
    /// <param name="snapshot">The state.</param>
    /// <param name="parallelism">The parallelism of all vertices; may differ from that of the snapshot.</param>
    /// <param name="seed">Determines the order of turns.</param>
    /// <param name="dropUnclaimed">Whether to drop state that belongs to no operator of the job.</param>
    /// <param name="checkpoints">As in the constructor.</param>
    /// <param name="services">As in the constructor.</param>
    /// <exception cref="Core.Errors.StateRestoreException">Some state belongs to no operator of the job.</exception>
    public static JobHarness Restore(
        Action<StreamBuilder> define,
        HarnessSnapshot snapshot,
        int parallelism = 1,
        ulong seed = 1,
        bool dropUnclaimed = false,
        bool checkpoints = false,
        Func<TimeProvider, IServiceProvider>? services = null)
    {
        HarnessOptions options = new(seed, null, services, snapshot, checkpoints);
        JobHarness harness = new(define, parallelism, options, run: false) { IsPinned = false };
        if (!dropUnclaimed)
        {
            JobGraph graph = harness.Graph;
            snapshot.State.CheckClaimed(graph.Name, graph.KeyGroups, graph.Vertices.SelectMany(vertex => vertex.Nodes).Select(node => node.Id));
        }

        harness.Start();
        return harness;
    }

    /// <summary>The metrics of the subtasks of one vertex.</summary>
    public IEnumerable<TaskMetrics> MetricsOf(JobVertex vertex) =>
        _earlierMetrics.Concat(_run.Metrics).Where(task => task.Task.Vertex == vertex.Id).Select(task => task.Metrics);

    /// <summary>A counter of the job, summed over all tasks.</summary>
    public long Counter(string name) =>
        Metrics.Sum(metrics => metrics.Counters.TryGetValue(name, out Counter? counter) ? counter.Value : 0);

    /// <summary>Sends a barrier through the job and runs until it has passed all tasks. Rows in flight before it are part of the snapshot.</summary>
    /// <param name="wait">Called repeatedly while the job is idle and the barrier has not passed all tasks, to unblock it; null: none.</param>
    /// <exception cref="InvalidOperationException">The barrier did not pass all tasks: a task failed, or waits for something external.</exception>
    public HarnessSnapshot Snapshot(Action? wait = null) => TrySnapshot(wait, SnapshotStop.None, out TaskId[] missing)
        ?? throw Stuck($"The barrier did not pass {string.Join(", ", missing)}");

    /// <summary>
    /// Takes the savepoint with which a job stops: sources read nothing after its barrier. <see cref="CompleteCheckpoint"/> commits its rows, and all
    /// tasks finish; <see cref="AbortCheckpoint"/> lets the job go on.
    /// </summary>
    /// <param name="drain">Whether sources send the end of event time before the barrier, so that all windows fire.</param>
    /// <exception cref="InvalidOperationException">The barrier did not pass all tasks.</exception>
    public HarnessSnapshot Stop(bool drain = false)
    {
        IsPinned = true;
        return TrySnapshot(null, drain ? SnapshotStop.Drain : SnapshotStop.Suspend, out TaskId[] missing)
            ?? throw Stuck($"The barrier did not pass {string.Join(", ", missing)}");
    }

    /// <summary>Completes a checkpoint: notifies all tasks, which commit its rows, and runs until they are idle.</summary>
    /// <param name="snapshot">The result of <see cref="Snapshot"/>. Completes all earlier checkpoints, too.</param>
    public void CompleteCheckpoint(HarnessSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _run.Tell(TaskMessage.CheckpointCompleted(snapshot.State.Checkpoint));
        Executor.RunUntilIdle();
    }

    /// <summary>Aborts a checkpoint: notifies all tasks, and runs until they are idle.</summary>
    /// <param name="snapshot">The result of <see cref="Snapshot"/>.</param>
    public void AbortCheckpoint(HarnessSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _run.Tell(TaskMessage.CheckpointAborted(snapshot.State.Checkpoint));
        Executor.RunUntilIdle();
    }

    /// <summary>
    /// Rescales the job: takes a snapshot after which <see cref="HarnessSource{T}"/>s emit nothing, cancels the tasks, and restarts them from the
    /// snapshot. All rows of other sources must have been read before, see <see cref="Run()"/>. A vertex of which only some subtasks have finished
    /// must keep its parallelism: with another one all of them would run again.
    /// </summary>
    /// <param name="parallelism">The new parallelism of all vertices.</param>
    /// <exception cref="InvalidOperationException">The barrier did not pass all tasks: a task failed, or a connector waits. Or some subtasks of a
    /// vertex have finished.</exception>
    public void Rescale(int parallelism)
    {
        if (!TryRescale(parallelism, out TaskId[] missing))
        {
            throw Stuck(
                $"The barrier did not pass {string.Join(", ", missing)}, or they have finished and other subtasks of their vertices have not");
        }
    }

    /// <summary>Runs until all tasks wait for input.</summary>
    public void Run()
    {
        RescaleAtRandom();
        Executor.RunUntilIdle();
    }

    /// <summary>Runs a limited number of turns and I/O completions, and leaves the rest due.</summary>
    public void Run(int steps)
    {
        for (int step = 0; step < steps && Executor.RunOne(); step++)
        {
        }
    }

    /// <summary>Advances the clock, and runs everything that becomes due.</summary>
    public void Advance(TimeSpan duration)
    {
        RescaleAtRandom();
        Executor.Advance(duration);
    }

    /// <summary>Asks the task that owns a key for its state, as <c>querystream state get</c> does, and runs until it has answered.</summary>
    /// <param name="operatorName">The name of the operator.</param>
    /// <param name="key">The key, as <see cref="NodeKey.Parse"/> reads it.</param>
    /// <returns>A JSON object.</returns>
    /// <exception cref="Core.Errors.StateQueryException">There is no such operator or key, or its state cannot be shown.</exception>
    /// <exception cref="InvalidOperationException">The task does not run.</exception>
    public string ReadState(string operatorName, string key)
    {
        StateReadResult? answer = null;
        _run.Read(operatorName, key, result => answer = result);
        Executor.RunUntilIdle();
        return answer switch
        {
            StateReadResult.Found found => found.Json,
            StateReadResult.Refused refused => throw new Core.Errors.StateQueryException(refused.Reason),
            StateReadResult.NotOwner other => throw new InvalidOperationException(other.Reason),
            _ => throw new InvalidOperationException($"The task has not answered (seed {Executor.Seed})."),
        };
    }

    /// <summary>Sends a message to all tasks: <see cref="TaskMessage.Run"/>, <see cref="TaskMessage.Cancel"/>.</summary>
    public void Tell(TaskMessage message) => _run.Tell(message);

    /// <summary>Cancels all tasks and runs until they have stopped or wait for a connector.</summary>
    public void Cancel()
    {
        Tell(TaskMessage.Cancel);
        Executor.RunUntilIdle();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The job has failed and the test has not read its failure, a task reported no outcome or two, or a
    /// batch was not released, or rows are missing in a ledger.</exception>
    public void Dispose()
    {
        Cancel();
        Executor.Dispose();
        _run.CheckLastLedger();
        _defects.AddRange(_run.WithoutOutcome.Select(task => $"{task} has stopped without reporting an outcome"));

        if (_run.Failure is { } failure && !_isFailureKnown)
        {
            _defects.Add($"The job has failed: {failure}");
        }

        // Batches of failed tasks are not checked: a task that throws leaves its current batch to the garbage collector.
        if (HasStopped && _run.Failure is null && _batches.Held != 0)
        {
            _defects.Add($"{_batches.Held} batches were not released");
            _defects.AddRange(_batches.Holders);
        }

        if (_defects.Count > 0)
        {
            throw new InvalidOperationException($"{string.Join("; ", _defects)} (seed {Executor.Seed}).");
        }
    }

    private JobRun Begin(int parallelism, HarnessSnapshot? restore)
    {
        JobGraph graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob("harness", _define), _settings), parallelism);
        JobRunState state = new(restore, _segments, _hasCheckpoints);
        return new JobRun(Executor, (_job, new Attempt(_attempts++)), graph, _services, state, _defects);
    }

    private void Start()
    {
        Executor.RunUntilIdle();
        Tell(TaskMessage.Run);
        Executor.RunUntilIdle();
    }

    private InvalidOperationException Stuck(string how)
    {
        string failed = Failure is { } failure ? $" The job has failed: {failure}" : "";
        string unwritten = _run.SnapshotFailure is { } other ? $" A snapshot could not be written: {other}" : "";
        return new($"{how} (seed {Executor.Seed}).{failed}{unwritten}", Failure?.Cause ?? _run.SnapshotFailure?.Cause);
    }

    private HarnessSnapshot? TrySnapshot(Action? wait, SnapshotStop stop, out TaskId[] missing)
    {
        CheckpointId checkpoint = new(++_checkpoints);
        _run.BeginSnapshot(checkpoint, stop);
        Executor.RunUntilIdle();
        WaitForParts(checkpoint, wait);
        missing = _run.Missing(checkpoint);
        return missing.Length == 0 ? new HarnessSnapshot(_run.CompleteSnapshot(checkpoint), _segments) : null;
    }

    private void WaitForParts(CheckpointId checkpoint, Action? wait)
    {
        for (int i = 0; i < MaxWaits && wait is not null && _run.Missing(checkpoint).Length > 0; i++)
        {
            wait();
            Executor.RunUntilIdle();
        }
    }

    private bool TryRescale(int parallelism, out TaskId[] missing)
    {
        _gate.Close();
        HarnessSnapshot? snapshot = TrySnapshot(null, SnapshotStop.None, out missing);

        if (!_run.CanRescale(parallelism, out TaskId[] ended))
        {
            (snapshot, missing) = (null, ended);
        }

        if (snapshot is not null)
        {
            CompleteAtRandom(snapshot);
            Cancel();
            _earlierMetrics.AddRange(_run.Metrics);
            _run = Begin(parallelism, snapshot);
        }

        _gate.Open();
        if (snapshot is not null)
        {
            Start();
        }

        return snapshot is not null;
    }

    // Tasks may learn of a completed checkpoint before the failure, during it, or never.
    private void CompleteAtRandom(HarnessSnapshot snapshot)
    {
        if (_hasCheckpoints && _rescales.Next(2) == 0)
        {
            _run.Tell(TaskMessage.CheckpointCompleted(snapshot.State.Checkpoint));
            Run(_rescales.Next(MaxStepsBeforeRescale));
        }
    }

    private void RescaleAtRandom()
    {
        if (HostileMode.IsOn && !IsPinned && IsRunning && _rescales.Next(RescaleOdds) == 0)
        {
            Run(_rescales.Next(MaxStepsBeforeRescale));
            TryRescale(Parallelisms[_rescales.Next(Parallelisms.Length)], out _);
        }
    }

    private sealed record HarnessOptions(
        ulong Seed, JobSettings? Settings, Func<TimeProvider, IServiceProvider>? Services, HarnessSnapshot? Restore, bool HasCheckpoints);
}
