using Akka.Actor;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Leadership;
using QueryStream.Core.Codecs;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Cluster.Links;

/// <summary>A worker's end of a link to the leader. It asks for the link until the leader answers.</summary>
internal sealed class WorkerLink : LinkActor<CoordinatorMessage, WorkerMessage>
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);

    private readonly IActorRef _leader;
    private readonly WorkerNode _node;
    private readonly KnownLeader _known;

    public WorkerLink(LinkId id, IActorRef leader, WorkerNode node, KnownLeader known, ILogger log)
        : base(id, log)
    {
        _known = known;
        _leader = leader;
        _node = node;
    }

    protected override void PreStart()
    {
        base.PreStart();
        Timers.StartPeriodicTimer(nameof(Ask), Ask.Instance, TimeSpan.Zero, AskInterval);
    }

    protected override void Write(CodecWriter writer, CoordinatorMessage message) => ControlFormat.Write(writer, message);

    protected override WorkerMessage Read(CodecReader reader) => ControlFormat.ReadWorkerMessage(reader);

    protected override void Deliver(WorkerMessage message) => _node.Receive(Link, message);

    protected override void OnLost(string reason)
    {
        Log.LeaderLinkLost(Logger, PeerName, reason);
        _node.Disconnected(Link);
    }

    protected override void OnOther(object message)
    {
        switch (message)
        {
            case Ask when !IsOpen:
                _leader.Tell(new OpenLink(LinkMessage.ProtocolVersion, Id));
                break;
            case LinkOpened opened when !IsOpen && opened.Link == Id:
                Timers.Cancel(nameof(Ask));
                Open(Sender);
                _known.Set(opened.HttpAddress);
                _node.Connected(Link);
                break;
            case CloseLink close when close.Link == Id:
                Log.LinkRefused(Logger, Sender.Path.Address.ToString(), close.Reason);
                Context.Stop(Self);
                break;
        }
    }

    private sealed record Ask : INoSerializationVerificationNeeded
    {
        public static Ask Instance { get; } = new();
    }
}
