using Akka.Actor;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Codecs;
using QueryStream.Wire;

namespace QueryStream.Cluster.Links;

/// <summary>The cluster has declared a process dead.</summary>
internal sealed record PeerDowned(Address Address) : INoSerializationVerificationNeeded;

/// <summary>One end of a link between two processes. When it stops, the link is lost at both ends.</summary>
/// <typeparam name="TOut">The messages to the other end.</typeparam>
/// <typeparam name="TIn">The messages from it.</typeparam>
internal abstract class LinkActor<TOut, TIn> : UntypedActor, IWithTimers
{
    private const int BeatsOfSilence = 20;
    private const string GoneReason = "the process at the other end is gone";

    private static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(500);

    private readonly LinkSender _sender;
    private readonly LinkReceiver _receiver;
    private IActorRef? _peer;
    private int _silentBeats;
    private string _closeReason = "its process stops";

    protected LinkActor(LinkId id, ILogger log)
    {
        Id = id;
        Logger = log;
        Link = new ActorLink(Self);
        _sender = new LinkSender(id, message => _peer!.Tell(message, Self));
        _receiver = new LinkReceiver(id);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected LinkId Id { get; }

    protected ILogger Logger { get; }

    /// <summary>What the node at this end sends on.</summary>
    protected ILink<TOut> Link { get; }

    /// <summary>The process at the other end, for logs.</summary>
    protected string PeerName => _peer?.Path.Address.ToString() ?? "nobody";

    protected bool IsOpen => _peer is not null;

    /// <summary>The other end of an open link.</summary>
    protected IActorRef Peer => _peer ?? throw new InvalidOperationException("The link is not open.");

    protected abstract void Write(CodecWriter writer, TOut message);

    protected abstract TIn Read(CodecReader reader);

    /// <summary>A message has come.</summary>
    protected abstract void Deliver(TIn message);

    /// <summary>The link is lost. Called once, if it was open.</summary>
    protected abstract void OnLost(string reason);

    /// <summary>A message before the link is open, or one that is no part of an open link.</summary>
    protected abstract void OnOther(object message);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Beat), Beat.Instance, BeatInterval);

    /// <summary>The other end is known.</summary>
    protected void Open(IActorRef peer)
    {
        _peer = peer;
        Context.Watch(peer);
    }

    /// <summary>Closes the link; the other end is told why.</summary>
    protected void Close(string reason)
    {
        _closeReason = reason;
        Context.Stop(Self);
    }

    protected override void OnReceive(object message)
    {
        if (!IsOpen)
        {
            OnOther(message);
            return;
        }

        try
        {
            OnOpen(message);
        }
        catch (Exception e) when (e is LinkException or CodecException)
        {
            Close(e.Message);
        }
    }

    protected override void PostStop()
    {
        if (_peer is not null)
        {
            _peer.Tell(new CloseLink(Id, _closeReason));
            OnLost(_closeReason);
        }
    }

    private void OnOpen(object message)
    {
        switch (message)
        {
            case Outgoing outgoing:
                _sender.Send(outgoing.Message, Write);
                break;
            case LinkFrame frame:
                _silentBeats = 0;
                if (_receiver.TryReceive(frame, out ReadOnlyMemory<byte> bytes))
                {
                    Deliver(LinkReceiver.Read(bytes, Read));
                }

                break;
            case LinkHeartbeat heartbeat:
                _silentBeats = 0;
                _receiver.Check(heartbeat);
                break;
            case Beat when ++_silentBeats > BeatsOfSilence:
                Close($"nothing has come on it for {BeatsOfSilence * BeatInterval.TotalSeconds:0} s");
                break;
            case Beat:
                _sender.SendHeartbeat();
                break;
            case CloseOwn:
                Close("this end has closed it");
                break;
            case CloseLink close when close.Link == Id:
                Close($"the other end has closed it: {close.Reason}");
                break;
            case Terminated:
                Close(GoneReason);
                break;
            case PeerDowned downed when downed.Address == Peer.Path.Address:
                Close(GoneReason);
                break;
            case PeerDowned:
                break;
            default:
                OnOther(message);
                break;
        }
    }

    /// <summary>Sends a message; never leaves this process.</summary>
    private sealed record Outgoing(TOut Message) : INoSerializationVerificationNeeded;

    /// <summary>Closes the link; never leaves this process.</summary>
    private sealed record CloseOwn : INoSerializationVerificationNeeded;

    private sealed record Beat : INoSerializationVerificationNeeded
    {
        public static Beat Instance { get; } = new();
    }

    // Messages of one sender reach an actor in their order.
    private sealed class ActorLink(IActorRef actor) : ILink<TOut>
    {
        public void Send(TOut message) => actor.Tell(new Outgoing(message));

        public void Close() => actor.Tell(new CloseOwn());
    }
}
