using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core;
using QueryStream.Core.Keys;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Graphs;
using QueryStream.Simulation.Services;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Simulation;

/// <summary>One life of the local cluster: coordinator, workers and tasks, which share nothing with the next one but disk, Kafka and Redis.</summary>
internal sealed class SimulatedProcess : IServiceProvider
{
    public const string SavepointDirectory = "file:///savepoints";

    private const string CheckpointDirectory = "file:///checkpoints";
    private const string CheckpointRedis = "redis://simulated:6379";

    // As many as the highest parallelism.
    private const int SlotsForAll = 4;

    // As in a cluster: after a coordinator has died, workers register one after another, and a rescaled job may need more than the first has.
    private static readonly CoordinatorOptions Waiting = new()
    {
        SlotRequestTimeout = TimeSpan.FromMinutes(5),
        ResourceStabilizationTimeout = TimeSpan.FromMilliseconds(500),
    };

    private static readonly CoordinatorOptions Adaptive = Waiting with { Scheduler = Scheduler.Adaptive };

    private readonly World _world;
    private readonly SimulatedRedis _redis;
    private readonly ProcessTime _time;
    private readonly int _slots;

    // What the coordinator has open, and what one has that another one has replaced and that still runs.
    private CoordinatorLife? _coordinator;
    private (CoordinatorNode Node, CoordinatorLife Life)? _deposed;

    /// <summary>Starts a process.</summary>
    /// <param name="world">What it shares with others.</param>
    /// <param name="number">How many there were before.</param>
    public SimulatedProcess(World world, int number)
    {
        _world = world;
        ulong seed = StableHash.Combine(StableHash.OfInt64((long)world.Plan.Seed), StableHash.OfInt64(number));
        Random = new SeededRandom(seed);
        _time = new ProcessTime(world.Clock);
        Kafka = new SimulatedKafka(world.Kafka, world.Clock, _time, world.Faults, new SeededRandom(Random.Next()), world.Plan);
        _redis = new SimulatedRedis(world.Redis, world.Clock, _time, world.Faults, new SeededRandom(Random.Next()));
        AsyncService service = new(_time, new SeededRandom(Random.Next()));
        Parallelism = 1 + Random.Next(4);
        int workers = 1 + Random.Next(3);
        int slots = world.Plan.IsAdaptive ? (world.Plan.LeastSlots + workers - 1) / workers : SlotsForAll;
        _slots = slots;
        Cluster = SimulatedCluster.WithRealTasks(seed, workers, slots, new ClusterParts
        {
            Coordinator = world.Plan.IsAdaptive ? Adaptive : Waiting,
            Executor = new SimulatedExecutor(seed, world.Clock, _time),
            Storages = StoragesOf(_time, out _),
            CoordinatorStorages = StoragesOfCoordinator,
            Clients = this,
            Loggers = world.Log,
            Copies = CopiesOf,
            Altered = new ReportMutations(world.Faults).Of,
            Log = world.Trace,
        });
        Job = new SimulatedJob(world.Plan, world.Outputs, service, world.Faults);
    }

    public SeededRandom Random { get; }

    public SimulatedCluster Cluster { get; }

    public SimulatedKafka Kafka { get; }

    public SimulatedJob Job { get; }

    public int Parallelism { get; private set; }

    /// <summary>Whether a task has thrown, in this job or an earlier one: its batch is left to the garbage collector.</summary>
    public bool HasFailedBefore { get; private set; }

    public SimulatedExecutor Executor => Cluster.Executor;

    public TimeSpan ClockOffset
    {
        get => _time.Offset;
        set => _time.Offset = value;
    }

    public JobHandle? Handle { get; private set; }

    public object? GetService(Type serviceType) => serviceType == typeof(IKafkaClients)
        ? Kafka
        : serviceType == typeof(IRedisConnections)
            ? _redis
            : EngineMutations.Find(
                serviceType,
                _world.Faults.Has(Mutation.PhaseOneDropsLateRows),
                _world.Faults.Has(Mutation.NoFlushBeforeBarrier),
                _world.Faults.Has(Mutation.WatermarkFloorNotRestored),
                _world.Faults.Has(Mutation.BothOwnersServe));

    // A coordinator dies alone: what it was doing ends with it, as in a process of its own.
    private IReadOnlyList<ICheckpointStorageFactory> StoragesOfCoordinator()
    {
        ProcessTime time = new(_world.Clock) { Offset = _time.Offset };
        SimulatedStorageFactory[] storages = StoragesOf(time, out ProcessFiles files);
        _coordinator = new CoordinatorLife(time, files);
        return storages;
    }

    private SimulatedStorageFactory[] StoragesOf(ProcessTime time, out ProcessFiles files)
    {
        files = new ProcessFiles(_world.Files, time, _world.Faults, new SeededRandom(Random.Next()));
        CheckpointServerPath redis = new(_world.Clock, time, _world.Faults, new SeededRandom(Random.Next()));
        SeededRandom commits = new(Random.Next());
        return
        [
            new SimulatedStorageFactory(new DirectoryStorageFactory(files), _world, time, commits),
            new SimulatedStorageFactory(_world.CheckpointServer.StoragesOver(redis), _world, time, commits),
        ];
    }

    /// <summary>Submits the job again, at another parallelism.</summary>
    public Task<JobHandle> SubmitAgainAsync(string restore)
    {
        KillDeposed();
        HasFailedBefore |= Handle is { Restarts: > 0 } or { Status: JobStatus.Failed };
        Handle = null;
        Parallelism = 1 + Random.Next(4);
        return SubmitAsync(restore);
    }

    /// <summary>Submits the job, to be restored from a checkpoint. It is accepted while the simulation runs.</summary>
    public Task<JobHandle> SubmitAsync(string restore) => Cluster.SubmitAsync(new JobSubmission(
        Cluster.Jobs.Add(SimulatedJob.JobName, Job), JobSettings.None, Math.Max(Parallelism, 1))
    {
        Restore = _world.Plan.IsCalm ? null : restore,
        Options = new ExecutionOptions
        {
            Checkpoints = new CheckpointSettings
            {
                Directory = _world.Plan.IsCalm ? "" : _world.Plan.StoresInRedis ? CheckpointRedis : CheckpointDirectory,
                SavepointDirectory = SavepointDirectory,
                Interval = _world.Plan.CheckpointInterval,
                // Longer than the answers to asynchronous calls, for which a draining savepoint waits.
                Timeout = TimeSpan.FromSeconds(60),
                TolerableFailures = _world.Plan.TolerableFailures,
                NumRetained = 1 + (int)(_world.Plan.Seed % 3),
                Mode = _world.Plan.IsAtLeastOnce || _world.Faults.Has(Mutation.NoAlignment) ? CheckpointMode.AtLeastOnce : CheckpointMode.ExactlyOnce,
                Retention = _world.Plan.Retention,
            },
            Restarts = _world.Plan.Restarts,
        },
    });

    /// <summary>The coordinator dies with all that it knows.</summary>
    public void KillCoordinator()
    {
        // Its tasks may throw while nobody counts that.
        HasFailedBefore = true;
        Handle = null;
        KillDeposed();
        _coordinator!.End();
        Cluster.KillCoordinator();
    }

    /// <summary>Another coordinator leads, while this one goes on with what it does.</summary>
    public void DeposeCoordinator()
    {
        HasFailedBefore = true;
        Handle = null;
        KillDeposed();
        CoordinatorLife life = _coordinator!;
        _deposed = (Cluster.DeposeCoordinator(), life);
    }

    /// <summary>The coordinator dies that another one has replaced, if it still lives.</summary>
    public void KillDeposed()
    {
        if (_deposed is { } deposed)
        {
            deposed.Life.End();
            deposed.Node.Abandon();
            _deposed = null;
        }
    }

    /// <summary>Another worker joins, with as many slots as the others.</summary>
    public void AddWorker(string name) => Cluster.AddWorker(name, _slots);

    public void Accepted(JobHandle handle) => Handle = handle;

    /// <summary>Whether coordinator has given slots to the job, after which its submission is answered.</summary>
    public bool HasSlots => Cluster.Coordinator.Overview() is var overview && overview.FreeSlots < overview.TotalSlots;

    /// <summary>Ends the process without a word.</summary>
    public void Kill()
    {
        _time.IsDead = true;
        _coordinator!.End();
        _deposed?.Life.End();
        Kafka.Kill();
    }

    // A lost acknowledgement is one that the coordinator never gets, such as from a worker that is cut off meanwhile.
    private int CopiesOf(object message)
    {
        ActiveFaults faults = _world.Faults;
        if (message is TriggerCheckpoint or CheckpointAcknowledged or CheckpointDeclined or CheckpointCompleted or CheckpointAborted)
        {
            faults.OnCheckpointMessage();
        }

        if (message is CheckpointAcknowledged && faults.AcknowledgementsToLose > 0)
        {
            faults.AcknowledgementsToLose--;
            return 0;
        }

        if (message is CheckpointAcknowledged or CheckpointCompleted or CheckpointAborted && faults.AcknowledgementsToDouble > 0)
        {
            faults.AcknowledgementsToDouble--;
            return 2;
        }

        return 1;
    }

    // The clock of one coordinator, which ends with it, and its locks.
    private sealed record CoordinatorLife(ProcessTime Time, ProcessFiles Files)
    {
        public void End()
        {
            Time.IsDead = true;
            Files.Unlock();
        }
    }
}
