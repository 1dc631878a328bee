using System.Globalization;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.Testing.Files;
using QueryStream.Wire.Control;
using QueryStream.Worker;
using QueryStream.Worker.Tasks;

namespace QueryStream.Testing.Cluster;

/// <summary>
/// The production coordinator and workers on the test's thread, with a simulated network. One seed determines the order of turns and the delays of
/// messages. The tasks follow a script, or are real and exchange rows over the network.
/// </summary>
public sealed class SimulatedCluster : IDisposable
{
    private readonly ClusterParts _parts;
    private readonly BatchLedger _batches;
    private readonly CheckpointStorages _storages;
    private readonly SeededRandom _delays;
    private readonly SimulatedNetwork _network;
    private readonly ScriptedTasks? _tasks;
    private readonly List<Member> _members = [];
    private readonly SimulatedJobs _jobs = new();
    private long _epoch;
    private bool _hasCoordinator;

    /// <summary>Starts a coordinator and workers, and lets the workers register.</summary>
    /// <param name="seed">Determines all random choices.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="slots">How many slots each has.</param>
    /// <param name="script">What tasks do when they run; null: run until they are cancelled.</param>
    public SimulatedCluster(ulong seed, int workers, int slots, Func<TaskDeployment, TaskScript>? script = null)
        : this(seed, workers, slots, new ScriptedTasks(script ?? (static _ => TaskScript.Run)), new ClusterParts())
    {
    }

    private SimulatedCluster(ulong seed, int workers, int slots, ScriptedTasks? tasks, ClusterParts parts)
    {
        Executor = parts.Executor ?? new SimulatedExecutor(seed);
        Executor.OnRunning = isRunning => BatchLedger.Current = isRunning ? _batches : null;
        _parts = parts;
        _batches = new BatchLedger(seed);
        _delays = new SeededRandom(seed ^ 0x5EED);
        _network = new SimulatedNetwork(Executor, Delay, new SeededRandom(seed ^ 0xFA17)) { Log = parts.Log };
        _tasks = tasks;
        _storages = new CheckpointStorages(parts.Storages ?? [new DirectoryStorageFactory(new SimulatedFiles(seed))]);
        Coordinator = NewCoordinator();
        for (int number = 1; number <= workers; number++)
        {
            AddWorker(string.Create(CultureInfo.InvariantCulture, $"worker-{number}"), slots);
        }

        Executor.AdvanceUntil("all workers to register", () => Coordinator.Overview().Workers.Count == workers, TimeSpan.FromSeconds(10));
    }

    /// <summary>The executor of all actors.</summary>
    public SimulatedExecutor Executor { get; }

    /// <summary>The jobs that coordinator and workers can load.</summary>
    public TestJobs Jobs { get; } = new();

    /// <summary>The scripted tasks of all workers.</summary>
    /// <exception cref="InvalidOperationException">The tasks are real.</exception>
    public ScriptedTasks Tasks => _tasks ?? throw new InvalidOperationException("The tasks of this cluster are real.");

    /// <summary>A hash over all turns, and the bytes of all messages and elements. Equal for equal seeds, in every process.</summary>
    public ulong Trace => StableHash.Combine(Executor.Trace, _network.Trace);

    /// <summary>On average, one of this number of elements between workers is lost, which breaks its connection; 0: none.</summary>
    public int LosesOneElementIn
    {
        get => _network.LosesOneIn;
        set => _network.LosesOneIn = value;
    }

    /// <summary>The number of broken data connections.</summary>
    public int Cuts => _network.Cuts;

    /// <summary>The number of elements sent between workers.</summary>
    public long Elements => _network.Elements;

    /// <summary>The batches that were rented and not returned.</summary>
    public long HeldBatches => _batches.Held;

    /// <summary>Where these were rented and kept; empty if that is not tracked.</summary>
    public IEnumerable<string> BatchHolders => _batches.Holders;

    /// <summary>The workers that are connected.</summary>
    public IReadOnlyList<string> Workers => [.. _members.Where(member => !member.Worker.Stopped.IsCompleted).Select(member => member.Name)];

    /// <summary>The coordinator, or the last one.</summary>
    public CoordinatorNode Coordinator { get; private set; }

    /// <summary>The jobs that the coordinator takes over: each completes when the job has its slots.</summary>
    public IReadOnlyList<Task<JobHandle>> Recoveries { get; private set; } = [];

    /// <summary>The epoch of the coordinator; null: it was killed.</summary>
    public Epoch? Epoch => _hasCoordinator ? new Epoch(_epoch) : null;

    /// <summary>Starts a cluster whose workers run real tasks, which exchange rows over the simulated network.</summary>
    public static SimulatedCluster WithRealTasks(ulong seed, int workers, int slots, ClusterParts? parts = null) =>
        new(seed, workers, slots, tasks: null, parts ?? new ClusterParts());

    /// <summary>Breaks the data connection of two workers, if there is one: elements in flight are lost, and both ends notice.</summary>
    public void CutData(string worker, string other) => _network.Cut(worker, other);

    /// <summary>Adds a worker.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="slots">How many slots it has.</param>
    /// <param name="jobs">Its job loader; null: the loader of all workers.</param>
    public WorkerNode AddWorker(string name, int slots, TestJobs? jobs = null)
    {
        WorkerServices services = new(jobs ?? Jobs, _network.ChannelsOf(name), _parts.Clients, _storages, _parts.Loggers);
        WorkerNode worker = new(new WorkerOptions(new WorkerId(name), slots), Executor, services, _tasks ?? (ITaskRunner)new RuntimeTaskRunner());
        Member member = new(name, worker);
        _members.Add(member);
        Connect(name);
        return worker;
    }

    /// <summary>The coordinator dies. Its workers notice, and go on.</summary>
    public void KillCoordinator()
    {
        _hasCoordinator = false;
        Coordinator.Abandon();
        _members.ForEach(member => member.Break());
    }

    /// <summary>
    /// The next coordinator starts, with a higher epoch, after the one before was killed. It takes over the jobs, and all workers connect to it.
    /// </summary>
    public void StartCoordinator()
    {
        Lead();
        _members.ForEach(member => Connect(member.Name));
    }

    /// <summary>
    /// Another coordinator begins to lead, with a higher epoch, while the one before still runs and does not know it. It takes over the jobs; a
    /// worker stays with the one before until it is connected again.
    /// </summary>
    /// <returns>The one before.</returns>
    public CoordinatorNode DeposeCoordinator()
    {
        CoordinatorNode before = Coordinator;
        Lead();
        return before;
    }

    private void Lead()
    {
        Coordinator = NewCoordinator();
        Recoveries = [.. _jobs.All.Select(job => Coordinator.RecoverAsync(job with { Recoveries = job.Recoveries + 1 }))];
        foreach (Task<JobHandle> recovery in Recoveries)
        {
            _ = recovery.ContinueWith(static recovered => _ = recovered.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>A worker dies with its tasks. Another one may have its name.</summary>
    public void KillWorker(string name)
    {
        Member member = Find(name);
        _members.Remove(member);
        member.Break();
        member.Worker.Stop();
    }

    /// <summary>A worker leaves in order. The task completes while the simulation runs.</summary>
    public Task LeaveAsync(string name) => Find(name).Worker.LeaveAsync();

    /// <summary>A worker begins to leave in order, and is gone when its tasks have moved. Nobody ends it if they do not.</summary>
    public void Leave(string name) => Find(name).Worker.BeginLeave();

    /// <summary>Reconnects a worker, unless it is gone. Without a coordinator it waits for the next one.</summary>
    public void Connect(string name)
    {
        if (!_hasCoordinator || _members.Find(candidate => candidate.Name == name) is not { } member)
        {
            return;
        }

        CoordinatorNode coordinator = Coordinator;
        SimulatedConnection connection = new(Executor.Time, Delay, (direction, bytes) => _network.Record($"{name}, {direction}", bytes))
        {
            Altered = _parts.Altered,
        };
        connection.ToWorker = Copied<WorkerMessage>(message => member.Worker.Receive(connection.Up, message));
        connection.ToCoordinator = Copied<CoordinatorMessage>(message => coordinator.Receive(connection.Down, message));
        connection.Lost = () =>
        {
            coordinator.Disconnected(connection.Down);
            member.Worker.Disconnected(connection.Up);
        };
        member.Break = connection.Break;
        member.Worker.Connected(connection.Up);
    }

    /// <summary>Breaks the connection of a worker; both ends notice.</summary>
    public void Disconnect(string name) => Find(name).Break();

    /// <summary>Submits a job. The task completes while the simulation runs.</summary>
    public Task<JobHandle> SubmitAsync(JobReference job, int parallelism, CancellationToken cancellationToken = default) =>
        SubmitAsync(new JobSubmission(job, JobSettings.None, parallelism), cancellationToken);

    /// <inheritdoc cref="SubmitAsync(JobReference, int, CancellationToken)"/>
    public Task<JobHandle> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default) =>
        Coordinator.SubmitAsync(submission, cancellationToken);

    /// <summary>Submits a job with its options. The task completes while the simulation runs.</summary>
    public Task<JobHandle> SubmitAsync(JobSubmission submission) => Coordinator.SubmitAsync(submission, CancellationToken.None);

    /// <summary>Submits a job, and advances time until it has its slots or is refused.</summary>
    public Task<JobHandle> AcceptAsync(JobReference job, int parallelism) =>
        AcceptAsync(new JobSubmission(job, JobSettings.None, parallelism));

    /// <inheritdoc cref="AcceptAsync(JobReference, int)"/>
    public async Task<JobHandle> AcceptAsync(JobSubmission submission)
    {
        int before = JobsInSlots();
        Task<JobHandle> submitted = SubmitAsync(submission);

        // After a refusal nothing is pending, so advancing time would not help.
        Executor.AdvanceUntil(
            "the job to be accepted or refused", () => JobsInSlots() > before || Executor.Clock.Timers == 0, TimeSpan.FromMinutes(1));
        await Wait.ForAsync("the answer to the submission", submitted);
        return await submitted;
    }

    /// <summary>Advances time until a job has ended.</summary>
    public async Task<JobResult> EndAsync(JobHandle job)
    {
        Executor.AdvanceUntil("the job to end", () => job.Completion.IsCompleted, TimeSpan.FromMinutes(1));
        return await job.Completion;
    }

    /// <inheritdoc/>
    public void Dispose() => Executor.Dispose();

    private CoordinatorNode NewCoordinator()
    {
        _hasCoordinator = true;
        Epoch epoch = new(++_epoch);
        CheckpointStorages storages = _parts.CoordinatorStorages is { } open ? new CheckpointStorages(open()) : _storages;
        CoordinatorParts parts = new(Jobs, storages, _parts.Loggers) { Options = _parts.Coordinator, Registry = _jobs.Begin(epoch) };
        return new CoordinatorNode(epoch, Executor, parts);
    }

    private Action<TMessage> Copied<TMessage>(Action<TMessage> deliver)
        where TMessage : notnull => message =>
    {
        for (int copies = _parts.Copies(message); copies > 0; copies--)
        {
            deliver(message);
        }
    };

    private TimeSpan Delay() => TimeSpan.FromTicks((long)(_delays.NextDouble() * 50 * TimeSpan.TicksPerMillisecond));

    private int JobsInSlots() =>
        Coordinator.Overview().Workers.SelectMany(worker => worker.Slots).Where(slot => !slot.IsFree).Select(slot => slot.Job).Distinct().Count();

    private Member Find(string name) =>
        _members.Find(member => member.Name == name) ?? throw new InvalidOperationException($"There is no worker {name}.");

    private sealed class Member(string name, WorkerNode worker)
    {
        public string Name => name;

        public WorkerNode Worker => worker;

        public Action Break { get; set; } = static () => { };
    }
}
