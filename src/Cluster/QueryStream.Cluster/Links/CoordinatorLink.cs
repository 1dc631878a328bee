using Akka.Actor;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Leadership;
using QueryStream.Coordinator;
using QueryStream.Core.Codecs;
using QueryStream.Wire.Control;

namespace QueryStream.Cluster.Links;

/// <summary>The leader's end of a link to one worker.</summary>
internal sealed class CoordinatorLink : LinkActor<WorkerMessage, CoordinatorMessage>
{
    private readonly CoordinatorNode _node;
    private readonly LeadershipState _state;
    private readonly Uri _http;

    public CoordinatorLink(LinkId id, IActorRef worker, CoordinatorNode node, LeadershipState state, Uri http, ILogger log)
        : base(id, log)
    {
        _node = node;
        _state = state;
        _http = http;
        Open(worker);
    }

    protected override void PreStart()
    {
        base.PreStart();
        Answer();
    }

    protected override void Write(CodecWriter writer, WorkerMessage message) => ControlFormat.Write(writer, message);

    protected override CoordinatorMessage Read(CodecReader reader) => ControlFormat.ReadCoordinatorMessage(reader);

    protected override void Deliver(CoordinatorMessage message)
    {
        if (message is RegisterWorker register)
        {
            _state.Registered(Id, PeerName, register.Worker);
        }

        _node.Receive(Link, message);
    }

    protected override void OnLost(string reason)
    {
        Log.WorkerLinkLost(Logger, PeerName, reason);
        _state.Disconnected(Id);
        _node.Disconnected(Link);
    }

    protected override void OnOther(object message)
    {
        if (message is OpenLink open && open.Link == Id)
        {
            // The first answer was lost.
            Answer();
        }
        else
        {
            Unhandled(message);
        }
    }

    private void Answer() => Peer.Tell(new LinkOpened(LinkMessage.ProtocolVersion, Id, _http.ToString()));
}
