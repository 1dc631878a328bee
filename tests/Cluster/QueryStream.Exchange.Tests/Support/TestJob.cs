using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Testing.Cluster;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>A job of two vertices, of which the senders are on one worker and the receivers on another, for one attempt.</summary>
internal sealed class TestJob
{
    private readonly JobGraph _graph;
    private readonly JobId _job;
    private readonly Attempt _attempt;

    public TestJob(int parallelism = 1, int attempt = 0, string version = "out", int job = 1)
    {
        _job = new JobId((UInt128)job);
        _attempt = new Attempt(attempt);
        _graph = JobGraph.Create(
            StreamBuilder.Build(
                new LambdaJob("two vertices", builder =>
                {
                    Stream<int> numbers = builder.Source("numbers", new MemorySource<int>([1])).Rebalance();
                    (version == "out" ? numbers : numbers.Map(number => number)).To("out", new MemorySink<int>());
                }),
                JobSettings.None),
            parallelism);
        Senders = [.. Enumerable.Range(0, parallelism).Select(subtask => Task(0, subtask))];
        Receivers = [.. Enumerable.Range(0, parallelism).Select(subtask => Task(1, subtask))];
    }

    public RecordingTask[] Senders { get; }

    public RecordingTask[] Receivers { get; }

    public static ChannelId Channel(int from = 0, int to = 0) => new(0, from, to);

    /// <summary>Deploys the senders on one worker and the receivers on another.</summary>
    public void Deploy(ExchangeNode senders, ExchangeNode receivers)
    {
        AddSenders(senders, receivers.Location);
        AddReceivers(receivers, senders.Location);
    }

    public void AddSenders(ExchangeNode node, WorkerLocation receivers) =>
        Array.ForEach(Senders, task => node.Channels.Add(task.Endpoint, Locations(node.Location, receivers)));

    public void AddReceivers(ExchangeNode node, WorkerLocation senders) =>
        Array.ForEach(Receivers, task => node.Channels.Add(task.Endpoint, Locations(senders, node.Location)));

    /// <summary>A batch of one row, as a channel element.</summary>
    public static ChannelElement Batch(int row, int rows = 1)
    {
        Batch<int> batch = Batch<int>.Rent();
        for (int i = 0; i < rows; i++)
        {
            batch.Add(row + i, new EventTime(row));
        }

        return ChannelElement.Of(batch, link: 0);
    }

    /// <summary>The first row of a batch that has come; releases the element.</summary>
    public static int RowOf(in ChannelElement element)
    {
        Batch<int> batch = Batch<int>.Read(element.Frame!);
        int row = batch.Rows[0];
        batch.Release();
        element.Release();
        return row;
    }

    private TaskLocations Locations(WorkerLocation senders, WorkerLocation receivers)
    {
        IEnumerable<TaskPlacement> placement = Enumerable.Range(0, Senders.Length).SelectMany(subtask => new[]
        {
            new TaskPlacement(_graph.Vertices[0].Id, subtask, new SlotId(senders.Worker, subtask)),
            new TaskPlacement(_graph.Vertices[1].Id, subtask, new SlotId(receivers.Worker, subtask)),
        });
        JobPlan plan = new(new JobReference("test", "job"), new Dictionary<string, string>(), Senders.Length, _graph.Fingerprint);
        return new TaskLocations(new DeployTasks(_job, _attempt, plan, [.. placement]) { Workers = [senders, receivers] });
    }

    private RecordingTask Task(int vertex, int subtask) => new(new TaskDeployment(_job, _attempt, _graph, _graph.Vertices[vertex], subtask));
}
