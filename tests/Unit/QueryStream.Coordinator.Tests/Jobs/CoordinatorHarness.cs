using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Tests.Checkpoints;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;
using QueryStream.Testing.Cluster;
using QueryStream.Testing.Files;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>A coordinator whose workers the test simulates: it reads the messages to them and sends their replies.</summary>
internal sealed class CoordinatorHarness : IDisposable
{
    public static readonly Epoch Epoch = new(3);

    private readonly List<RecordingLink<WorkerMessage>> _links = [];

    public CoordinatorHarness(
        int workers = 2, int slots = 1, CoordinatorOptions? options = null, IJobRegistry? registry = null, SimulatedFiles? files = null)
    {
        Files = files ?? new SimulatedFiles(seed: 1);
        Storage = new TestStorage(Files);
        Coordinator = new CoordinatorNode(
            Epoch,
            Executor,
            new CoordinatorParts(Jobs, new CheckpointStorages([new DirectoryStorageFactory(Files), Storage]), Logs)
            {
                Options = options ?? new CoordinatorOptions(),
                Registry = registry,
            });
        for (int worker = 0; worker < workers; worker++)
        {
            Register(worker, slots);
        }

        Reference = Jobs.Add("job", new LambdaJob("two vertices", Define));
    }

    public SimulatedExecutor Executor { get; } = new();

    public TestJobs Jobs { get; } = new();

    public CoordinatorNode Coordinator { get; }

    /// <summary>The file system of all storages.</summary>
    public SimulatedFiles Files { get; }

    /// <summary>A storage with faults, under <see cref="TestStorage.StorageAddress"/>.</summary>
    public TestStorage Storage { get; }

    public LogCollector Logs { get; } = new();

    public JobReference Reference { get; }

    public IReadOnlyList<RecordingLink<WorkerMessage>> Links => _links;

    public static void Define(StreamBuilder job) =>
        job.Source("numbers", new MemorySource<int>([1, 2, 3])).CountOnce("count", number => new RecordPosition(0, number));

    /// <summary>Where other workers reach a worker.</summary>
    public static WorkerAddress AddressOf(int worker) => new("host", 6122 + worker);

    public RecordingLink<WorkerMessage> Register(int worker, int slots, params HeldTasks[] held)
    {
        RecordingLink<WorkerMessage> link = new();
        if (worker < _links.Count)
        {
            _links[worker] = link;
        }
        else
        {
            _links.Add(link);
        }

        Tell(worker, new RegisterWorker(new WorkerId($"w{worker}"), slots, held) { Address = AddressOf(worker) });
        return link;
    }

    public Task<JobHandle> SubmitAsync(int parallelism = 2, CancellationToken cancellationToken = default) =>
        SubmitAsync(new JobSubmission(Reference, JobSettings.None, parallelism), cancellationToken);

    public Task<JobHandle> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        Task<JobHandle> submitted = Coordinator.SubmitAsync(submission, cancellationToken);
        Executor.RunUntilIdle();
        return submitted;
    }

    public void Tell(int worker, CoordinatorMessage message)
    {
        Coordinator.Receive(_links[worker], message);
        Executor.RunUntilIdle();
    }

    public void Lose(int worker)
    {
        Coordinator.Disconnected(_links[worker]);
        Executor.RunUntilIdle();
    }

    public void Cancel(JobHandle job)
    {
        _ = job.CancelAsync();
        Executor.RunUntilIdle();
    }

    public IEnumerable<T> SentTo<T>(int worker)
        where T : WorkerMessage => _links[worker].Sent.OfType<T>();

    /// <summary>Submits a job. Its workers have not replied yet.</summary>
    public async Task<JobHandle> DeployingAsync() => await SubmitAsync();

    /// <summary>Submits a job and deploys its tasks.</summary>
    public async Task<JobHandle> InitializingAsync()
    {
        JobHandle job = await DeployingAsync();
        Deployed(job);
        return job;
    }

    /// <summary>All workers report that they have deployed an attempt.</summary>
    public void Deployed(JobHandle job, int attempt = 0) =>
        ForEachWorker(worker => Tell(worker, new TasksDeployed(job.Id, new Attempt(attempt))));

    /// <summary>Submits a job and runs its tasks.</summary>
    public async Task<JobHandle> RunningAsync()
    {
        JobHandle job = await InitializingAsync();
        ReportAll(job, ExecutionState.Running);
        return job;
    }

    /// <summary>Reports a state for each task that has not ended, from its worker.</summary>
    public void ReportAll(JobHandle job, ExecutionState state, int attempt = 0)
    {
        foreach (TaskInfo task in job.Tasks)
        {
            Report(task, state, attempt: attempt);
        }
    }

    public void Report(TaskInfo task, ExecutionState state, Exception? cause = null, int attempt = 0) => Tell(
        WorkerOf(task),
        new TaskReport(task.Task, new Attempt(attempt), state, cause is null ? null : new TaskFailure("Map", ErrorInfo.From(cause))));

    public static int WorkerOf(TaskInfo task) => task.Slot!.Value.Worker.Name[1] - '0';

    public static QueryStreamException FailureOf(JobResult result) =>
        result.Failure ?? throw new InvalidOperationException($"The job did not fail: {result.Status}.");

    public void Dispose() => Executor.Dispose();

    private void ForEachWorker(Action<int> action)
    {
        for (int worker = 0; worker < _links.Count; worker++)
        {
            action(worker);
        }
    }
}
