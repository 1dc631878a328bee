using QueryStream.Core.Identity;
using QueryStream.Exchange;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Testing.Cluster;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.ExchangeRate;

/// <summary>Two workers with the senders of a job on one, and its receivers on the other, and channels between subtasks of the same number.</summary>
internal sealed class ExchangeEnds
{
    private static readonly Attempt Attempt = new(1);
    private static readonly JobId Job = new((UInt128)1);

    private readonly JobGraph _graph;
    private readonly TaskLocations _locations;

    public ExchangeEnds(TcpChannels senders, WorkerId senderId, TcpChannels receivers, WorkerId receiverId, int channels)
    {
        _graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob("rate", Define), JobSettings.None), channels);
        IEnumerable<TaskPlacement> placement = Enumerable.Range(0, channels).SelectMany(subtask => new[]
        {
            new TaskPlacement(_graph.Vertices[0].Id, subtask, new SlotId(senderId, subtask)),
            new TaskPlacement(_graph.Vertices[1].Id, subtask, new SlotId(receiverId, subtask)),
        });
        JobPlan plan = new(new JobReference("bench", "rate"), new Dictionary<string, string>(), channels, _graph.Fingerprint);
        _locations = new TaskLocations(new DeployTasks(Job, Attempt, plan, [.. placement])
        {
            Workers = [new WorkerLocation(senderId, senders.Address), new WorkerLocation(receiverId, receivers.Address)],
        });
        Senders = Deploy(senders, vertex: 0, channels);
        Receivers = Deploy(receivers, vertex: 1, channels);
        ToReceivers = Connect(senders, Senders);
        ToSenders = Connect(receivers, Receivers);
    }

    public RecordingTask[] Senders { get; }

    public RecordingTask[] Receivers { get; }

    public IChannelPeer[] ToReceivers { get; }

    public IChannelPeer[] ToSenders { get; }

    private static void Define(StreamBuilder job) =>
        job.Source("rows", new MemorySource<Payload>([])).Rebalance().To("out", new MemorySink<Payload>());

    private static IChannelPeer[] Connect(TcpChannels channels, RecordingTask[] tasks) =>
        [.. tasks.Select((task, subtask) => channels.Connect(task.Endpoint, new ChannelId(0, subtask, subtask)))];

    private RecordingTask[] Deploy(TcpChannels channels, int vertex, int count)
    {
        RecordingTask[] tasks = [.. Enumerable.Range(0, count).Select(
            subtask => new RecordingTask(new TaskDeployment(Job, Attempt, _graph, _graph.Vertices[vertex], subtask)))];
        Array.ForEach(tasks, task => channels.Add(task.Endpoint, _locations));
        return tasks;
    }
}
