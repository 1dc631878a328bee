using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.Testing.Cluster;
using QueryStream.Testing.Files;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Tests.Agent;

/// <summary>A worker whose coordinator the test simulates: it sends messages and reads the replies.</summary>
internal sealed class AgentHarness : ITaskChannels, IServiceProvider, IDisposable
{
    public const int Slots = 2;
    public static readonly WorkerId Me = new("w0");
    public static readonly WorkerId Other = new("w1");
    public static readonly JobId Job = new(7);

    public AgentHarness(TaskScript script = TaskScript.Run)
    {
        Tasks = new ScriptedTasks(_ => script);
        Reference = Jobs.Add("job", new LambdaJob("two vertices", Define));
        WorkerServices services = new(Jobs, this, this, Storages, NullLoggerFactory.Instance);
        Worker = new WorkerNode(new WorkerOptions(Me, Slots), Executor, services, Tasks);
        Connect();
    }

    public SimulatedExecutor Executor { get; } = new();

    public TestJobs Jobs { get; } = new();

    public CheckpointStorages Storages { get; } = new([new DirectoryStorageFactory(new SimulatedFiles(1))]);

    public ScriptedTasks Tasks { get; }

    public WorkerNode Worker { get; }

    public JobReference Reference { get; }

    public RecordingLink<CoordinatorMessage> Link { get; private set; } = new();

    /// <summary>How often this worker has built the graph of <see cref="DefineRegions"/>.</summary>
    public int BuiltRegions { get; private set; }

    /// <summary>The tasks that have lost channels to tasks that have moved.</summary>
    public List<TaskId> Relocated { get; } = [];

    /// <summary>The tasks to which channels can connect.</summary>
    public HashSet<(TaskId Task, Attempt Attempt)> Connectable { get; } = [];

    public static void Define(StreamBuilder job) =>
        job.Source("numbers", new MemorySource<int>([1, 2, 3])).CountOnce("count", number => new RecordPosition(0, number));

    /// <summary>Two regions of two vertices each.</summary>
    public static void DefineRegions(StreamBuilder job)
    {
        job.Source("left", new MemorySource<int>([1])).CountOnce("left count", number => new RecordPosition(0, number));
        job.Source("right", new MemorySource<int>([1])).CountOnce("right count", number => new RecordPosition(0, number));
    }

    public static JobGraph GraphOf(Action<StreamBuilder> define, int parallelism) =>
        JobGraph.Create(StreamBuilder.Build(new LambdaJob("two vertices", define), JobSettings.None), parallelism);

    /// <summary>Subtask 0 is in this worker's slot 0, subtask 1 on another worker.</summary>
    public DeployTasks Deployment(int attempt = 0, JobId? job = null, Action<StreamBuilder>? coordinatorDefines = null, int slot = 0)
    {
        JobGraph graph = GraphOf(coordinatorDefines ?? Define, 2);
        IEnumerable<TaskPlacement> placement =
            from vertex in graph.Vertices
            from subtask in Enumerable.Range(0, 2)
            select new TaskPlacement(vertex.Id, subtask, subtask == 0 ? new SlotId(Me, slot) : new SlotId(Other, 0));
        return new DeployTasks(
            job ?? Job, new Attempt(attempt), new JobPlan(Reference, new Dictionary<string, string>(), 2, graph.Fingerprint), [.. placement]);
    }

    /// <summary>One of the regions of <see cref="DefineRegions"/>, placed likewise.</summary>
    public DeployTasks DeploymentOfRegion(int region, int attempt)
    {
        DeployTasks all = Deployment(attempt, coordinatorDefines: DefineRegions);
        JobReference reference = Jobs.Add("regions", new LambdaJob("two vertices", builder =>
        {
            BuiltRegions++;
            DefineRegions(builder);
        }));
        JobGraph graph = GraphOf(DefineRegions, 2);
        VertexId[] vertices = [.. graph.Vertices.Where(vertex => vertex.Index / 2 == region).Select(vertex => vertex.Id)];
        return all with
        {
            Plan = all.Plan with { Reference = reference },
            Placement = [.. all.Placement.Where(task => vertices.Contains(task.Vertex))],
        };
    }

    public void Connect(Epoch? epoch = null)
    {
        Link = new RecordingLink<CoordinatorMessage>();
        Worker.Connected(Link);
        Worker.Receive(Link, new WorkerRegistered(epoch ?? new Epoch(1)));
        Executor.RunUntilIdle();
    }

    public void Disconnect()
    {
        Worker.Disconnected(Link);
        Executor.RunUntilIdle();
    }

    public void Tell(WorkerMessage message)
    {
        Worker.Receive(Link, message);
        Executor.RunUntilIdle();
    }

    public void DeployAndRun(int attempt = 0)
    {
        Tell(Deployment(attempt));
        Tell(new RunTasks(Job, new Attempt(attempt)));
    }

    public IReadOnlyList<TaskReport> Reports(ExecutionState state) => [.. Link.Sent.OfType<TaskReport>().Where(report => report.State == state)];

    public void Dispose() => Executor.Dispose();

    object? IServiceProvider.GetService(Type serviceType) => null;

    WorkerAddress? ITaskChannels.Address => null;

    void ITaskChannels.Add(TaskEndpoint task, TaskLocations locations) => Connectable.Add((task.Task, task.Attempt));

    void ITaskChannels.Relocate(TaskEndpoint task, TaskLocations locations) => Relocated.Add(task.Task);

    void ITaskChannels.Remove(TaskEndpoint task) => Connectable.Remove((task.Task, task.Attempt));

    IChannelPeer IDataPlane.Connect(TaskEndpoint near, ChannelId channel) => throw new InvalidOperationException("Scripted tasks have no channels.");
}
