using QueryStream.Core.Actors;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>The handshake of the ends of a channel.</summary>
public sealed class HandshakeTests
{
    private static readonly ChannelHandshake Mine = new(ChannelHandshake.CurrentProtocol, new JobId(7), new Attempt(2), new Attempt(2), 3, "abc");
    private static readonly ChannelId Channel = new(0, 1, 0);

    public static TheoryData<string, ChannelHandshake> Others => new()
    {
        { "protocol version 1, and 3 is expected", Mine with { Protocol = 1 } },
        { "job 00000000000000000000000000000008", Mine with { Job = new JobId(8) } },
        { "attempt 1, and 2 is expected", Mine with { Attempt = new Attempt(1) } },
        { "attempt of this end 1, and 2 is expected", Mine with { PeerAttempt = new Attempt(1) } },
        { "routing-table version 4, and 3 is expected", Mine with { RoutingVersion = 4 } },
        { "fingerprint abd, and abc is expected", Mine with { Fingerprint = "abd" } },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void A_different_handshake_is_refused_with_both_values(string difference, ChannelHandshake other)
    {
        Assert.Contains(difference, Assert.Throws<ChannelRefusedException>(() => Mine.Check(other, Channel)).Message, StringComparison.Ordinal);
        Assert.Throws<ChannelRefusedException>(() => other.Check(Mine, Channel));
    }

    [Fact]
    public void An_equal_handshake_is_accepted() => Mine.Check(Mine with { Fingerprint = string.Concat("a", "bc") }, Channel);

    [Fact]
    public void A_handshake_that_went_through_its_bytes_is_the_same() => Assert.Equal(Mine, Pass(Mine));

    [Fact]
    public void Of_another_protocol_version_the_number_is_read_and_refused() =>
        Assert.Contains(
            "version 9",
            Assert.Throws<ChannelRefusedException>(() => Mine.Check(Pass(Mine with { Protocol = 9 }), Channel)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Tasks_of_one_process_are_compared_by_both_ends()
    {
        JobGraph graph = Graph(map: false);
        TaskEndpoint sender = Endpoint(graph, vertex: 0, subtask: 1);
        Assert.NotNull(TaskEndpoint.Connect(sender, Endpoint(graph, vertex: 1, subtask: 0), Channel));
        Assert.Equal(sender.Task, Endpoint(graph, vertex: 1, subtask: 0).FarEndOf(Channel));
        TaskEndpoint[] others =
        [
            Endpoint(Graph(map: true), vertex: 1, subtask: 0),
            Endpoint(graph, vertex: 1, subtask: 0, attempt: 1),
            Endpoint(graph, vertex: 1, subtask: 0, routing: 1),
        ];
        foreach (TaskEndpoint other in others)
        {
            Assert.Throws<ChannelRefusedException>(() => TaskEndpoint.Connect(sender, other, Channel));
            Assert.Throws<ChannelRefusedException>(() => TaskEndpoint.Connect(other, sender, Channel));
        }
    }

    [Fact]
    public void A_task_accepts_its_own_channels_only()
    {
        JobGraph graph = Graph(map: false);
        TaskEndpoint receiver = Endpoint(graph, vertex: 1, subtask: 0);
        foreach (ChannelId channel in new[] { new ChannelId(0, 0, 1), new ChannelId(0, 2, 0), new ChannelId(1, 0, 0) })
        {
            Assert.Throws<ChannelRefusedException>(() => receiver.Accept(channel, receiver.HandshakeOf(Channel)));
        }
    }

    // The record has the same name in both versions; only its members differ.
    [Fact]
    public void A_task_with_another_version_of_a_record_is_refused_before_it_decodes_a_row()
    {
        TaskEndpoint before = Endpoint(Orders<Before.Order>(_ => 1), vertex: 0, subtask: 1);
        TaskEndpoint after = Endpoint(Orders<After.Order>(_ => 1), vertex: 1, subtask: 0);
        Assert.NotNull(TaskEndpoint.Connect(before, Endpoint(Orders<Before.Order>(_ => 1), vertex: 1, subtask: 0), Channel));
        Assert.Contains(
            "fingerprint",
            Assert.Throws<ChannelRefusedException>(() => TaskEndpoint.Connect(before, after, Channel)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_with_another_type_of_keys_is_refused() => Assert.NotEqual(
        Orders<Before.Order>(_ => 1).Fingerprint, Orders<Before.Order>(_ => 1L).Fingerprint);

    private static JobGraph Orders<T>(Func<T, int> key) => Keyed(key);

    private static JobGraph Orders<T>(Func<T, long> key) => Keyed(key);

    private static JobGraph Keyed<T, TKey>(Func<T, TKey> key) => JobGraph.Create(
        StreamBuilder.Build(
            new LambdaJob("orders", job => job.Source("orders", new MemorySource<T>([])).KeyBy(key)
                .Window(Tumbling.Of(TimeSpan.FromSeconds(1))).OnePhase().Aggregate(w => w.Count())
                .Map(_ => 1).To("out", new MemorySink<int>())),
            JobSettings.None),
        parallelism: 2);

    private static ChannelHandshake Pass(ChannelHandshake handshake)
    {
        CodecWriter writer = new();
        handshake.Write(writer);
        return ChannelHandshake.Read(new CodecReader(writer.Written.ToArray()));
    }

    private static JobGraph Graph(bool map)
    {
        return JobGraph.Create(StreamBuilder.Build(new LambdaJob("two vertices", Define), JobSettings.None), parallelism: 2);

        void Define(StreamBuilder job)
        {
            Stream<int> numbers = job.Source("numbers", new MemorySource<int>([1]));
            (map ? numbers.Map(number => number) : numbers).Rebalance().To("out", new MemorySink<int>());
        }
    }

    private static TaskEndpoint Endpoint(JobGraph graph, int vertex, int subtask, int attempt = 0, int routing = 0)
    {
        TaskDeployment task = new(new JobId(1), new Attempt(attempt), graph, graph.Vertices[vertex], subtask) { RoutingVersion = routing };
        return new TaskEndpoint(task, new Mailbox(), new PeerAttempts(task));
    }

    private sealed class Mailbox : ActorRef<TaskMessage>
    {
        public override string Name => "nobody";

        public override Task Stopped => Task.CompletedTask;

        public override void Tell(in TaskMessage message)
        {
        }
    }
}
