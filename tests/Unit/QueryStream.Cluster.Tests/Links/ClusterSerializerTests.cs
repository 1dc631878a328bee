using System.Runtime.Serialization;
using Akka.Actor;
using QueryStream.Cluster.Links;
using QueryStream.Cluster.Membership;
using QueryStream.Cluster.Sharding;
using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Wire.State;

namespace QueryStream.Cluster.Tests.Links;

public sealed class ClusterSerializerTests : IDisposable
{
    private static readonly object[] Messages =
    [
        new OpenLink(1, new LinkId(7)),
        new LinkOpened(1, new LinkId(7), "http://a:8081"),
        new LinkFrame(new LinkId(7), 300, true, new byte[] { 1, 2, 3 }),
        new LinkHeartbeat(new LinkId(7), 9),
        new CloseLink(new LinkId(7), "hỏng"),
        new JoinInvitation(1, "akka.tcp://querystream@máy:6124"),
        new LeaveRequest(),
        LeaderRequest.Instance,
        new LeaderReply("http://a:8081"),
        new KeyRequest(
            9, new StateQuery(new TaskId(new JobId(1), new VertexId(2), 3), new Attempt(4), new OperatorId(5), new KeyGroup(127), "\"đ\"")),
        new KeyReply(new StateAnswer(StateOutcome.NotOwner, "hỏng")),
        PlacementRequest.Instance,
        new PlacementReply(new Dictionary<string, string> { ["1-0"] = "akka.tcp://a@b:1" }),
    ];

    private readonly ActorSystem _system = ActorSystem.Create("test");
    private readonly ClusterSerializer _serializer;

    public ClusterSerializerTests() => _serializer = new ClusterSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Every_message_comes_out_as_it_went_in_and_its_bytes_are_frozen()
    {
        Assert.Equal(
            Messages.Select(message => message.GetType()).OrderBy(type => type.Name),
            typeof(LinkMessage).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(LinkMessage)) || type.IsSubclassOf(typeof(KeyMessage)))
                .Append(typeof(JoinInvitation)).Append(typeof(LeaveRequest)).OrderBy(type => type.Name));
        foreach (object message in Messages)
        {
            object copy = _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
            Assert.Equivalent(message, copy, strict: true);
        }

        Assert.Equal(
            [
                "OL 0100000000000000000000000000000007",
                "LO 01000000000000000000000000000000070E687474703A2F2F613A38303831",
                "LF 00000000000000000000000000000007AC0201010203",
                "LH 0000000000000000000000000000000709",
                "CL 000000000000000000000000000000070768E1BB8F6E67",
                "JI 0121616B6B612E7463703A2F2F717565727973747265616D406DC3A1793A36313234",
                "LR ",
                "WL ",
                "LD 0E687474703A2F2F613A38303831",
                "KQ 01000000000000000000000000000000010000000000000000000000000000000203040000000000000000000000000000000"
                    + "57F0522C4912209",
                "KA 0102" + "0768E1BB8F6E67",
                "PQ 01",
                "PA 010104312D3011616B6B612E7463703A2F2F6140623A31",
            ],
            Messages.Select(message => $"{_serializer.Manifest(message)} {Convert.ToHexString(_serializer.ToBinary(message))}"));
    }

    [Fact]
    public void Bytes_of_a_stranger_cause_nothing_but_a_serialization_exception()
    {
        SeededRandom random = new(3);
        foreach (object message in Messages)
        {
            string manifest = _serializer.Manifest(message);
            byte[] bytes = _serializer.ToBinary(message);
            for (int length = 0; length < Math.Min(bytes.Length, 17); length++)
            {
                Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes[..length], manifest));
            }

            // One more byte than it has, so that messages without any are changed too.
            for (int i = 0; i < 2_000; i++)
            {
                byte[] changed = i % 2 == 0 && bytes.Length > 0 ? [.. bytes] : [.. bytes, 0];
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
                try
                {
                    _serializer.FromBinary(changed, manifest);
                }
                catch (SerializationException)
                {
                    // Refused.
                }
            }
        }

        Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "XX"));
        Assert.Throws<SerializationException>(() => _serializer.ToBinary("text"));
    }

    [Fact]
    public void Nothing_is_read_or_written_as_JSON()
    {
        NoSerializer none = new((ExtendedActorSystem)_system, Akka.Configuration.Config.Empty);
        Assert.Throws<SerializationException>(() => none.ToBinary(new Uri("http://a")));
        Assert.Throws<SerializationException>(() => none.FromBinary("{}"u8.ToArray(), typeof(Uri)));
    }
}
