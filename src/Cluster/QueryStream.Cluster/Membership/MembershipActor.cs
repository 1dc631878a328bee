using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.Remote.Transport;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Links;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster.Membership;

/// <summary>
/// Notices deaths and decides on silent members, see docs/design/membership.md. One runs on each node.
/// </summary>
internal sealed class MembershipActor : UntypedActor, IWithTimers
{
    public const string Name = "membership";

    // Heartbeats have been missing for two seconds when Akka calls a member unreachable. One that comes back within this time stays.
    private static readonly TimeSpan MemberTimeout = TimeSpan.FromSeconds(1);

    // Longer: where one worker cannot reach the leader and others can, the leader declares that worker dead first, and not the worker the leader.
    private static readonly TimeSpan LeaderTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan InvitationInterval = TimeSpan.FromMilliseconds(333);

    // A coordinator that was frozen, or whose successor leads, has learned by then that it was declared dead, and has ended.
    private static readonly TimeSpan StrandedTime = TimeSpan.FromSeconds(10);

    // More than a coordinator that starts waits for.
    private const int MaxSuccessorInvitations = 10;

    private readonly NodeOptions _options;
    private readonly IProcessExit _exit;
    private readonly ILogger _log;
    private readonly AkkaCluster _cluster;
    private readonly Members _members;
    private bool _isInviting;

    // How often the leader's address is still invited: its connection broke, but somebody listens there, who may be a successor.
    private int _successorInvitations;

    // Whether a coordinator that this process has declared dead was reached some time ago.
    private bool _isStranded;

    // Whether this process may be outside the cluster without being killed: before it is a member, and when it leaves. Written by this actor, read by
    // the thread on which Akka says that this process has been removed.
    private volatile bool _isLeaving = true;

    public MembershipActor(NodeOptions options, IProcessExit exit, ILogger log)
    {
        _options = options;
        _exit = exit;
        _log = log;
        _cluster = AkkaCluster.Get(Context.System);
        _members = new Members(_cluster.SelfAddress);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent));
        _cluster.RegisterOnMemberRemoved(() =>
        {
            if (!_isLeaving)
            {
                _exit.Kill("the cluster has declared this process dead");
            }
        });
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        if (_options.Role == NodeRole.Worker)
        {
            Timers.StartPeriodicTimer(nameof(InvitationDue), InvitationDue.Instance, InvitationInterval);
        }
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.IMemberEvent changed:
                OnMember(changed.Member);
                break;
            case ClusterEvent.UnreachableMember { Member: var member }:
                _members.SetReachable(member.Address, isReachable: false);
                Probe(member.Address);
                Timers.StartSingleTimer(
                    member.UniqueAddress, new Silent(member.UniqueAddress), member.Address == _members.Leader ? LeaderTimeout : MemberTimeout);
                break;
            case ClusterEvent.ReachableMember { Member: var member }:
                _members.SetReachable(member.Address, isReachable: true);
                Timers.Cancel(member.UniqueAddress);
                break;
            case DisassociatedEvent broken when _members.Stays(broken.RemoteAddress):
                Probe(broken.RemoteAddress);
                break;
            case Probed { Answer: SocketError.ConnectionRefused } probed when _members.Contains(probed.Address):
                OnDead(probed.Address);
                break;
            case Probed { Answer: SocketError.HostNotFound or SocketError.HostUnreachable } probed
                when _members.Contains(probed.Address) && _members.Leader == _cluster.SelfAddress:
                OnDead(probed.Address);
                break;
            case Probed { Answer: SocketError.Success } probed when probed.Address == _members.Leader:
                _successorInvitations = MaxSuccessorInvitations;
                break;
            case Silent silent when _members.IsUnreachable(silent.Member.Address):
                OnSilent(silent);
                break;
            case ThisActorSystemQuarantinedEvent quarantined:
                _exit.Kill($"{quarantined.RemoteAddress} has declared this process dead");
                break;
            case AssociationErrorEvent error when IsRefusedCoordinator(error):
                OnRefusedCoordinator(error.RemoteAddress);
                break;
            case Stranded:
                _isStranded = true;
                break;
            case LeaveRequest:
                Log.AskedToLeave(_log, Sender.Path.Address.ToString());
                _exit.Leave();
                break;
            case InvitationDue:
                InviteCoordinators();
                break;
        }
    }

    // Also one that only joins: who would have let it in may have died.
    private bool IsOrphan => _members.Stays(_cluster.SelfAddress) && _members.Leader is null;

    // Whether this process has reached a coordinator that it has declared dead. It may have declared this one dead too, while nothing passed between
    // them: then none of them tells the other.
    private bool IsRefusedCoordinator(AssociationErrorEvent error)
    {
        if (!IsOrphan || !_options.AddressesLike(_cluster.SelfAddress).Contains(error.RemoteAddress))
        {
            return false;
        }

        Exception? cause = error.Cause;
        while (cause is not null and not AkkaProtocolException)
        {
            cause = cause.InnerException;
        }

        return cause?.Message.Contains("quarantined", StringComparison.Ordinal) == true;
    }

    // A coordinator that lives on after that time does not know that it was declared dead. One that has ended is no longer reached, however long its
    // successor takes.
    private void OnRefusedCoordinator(Address coordinator)
    {
        if (_isStranded)
        {
            _exit.Kill($"the coordinator at {coordinator} lives, though it was declared dead: only a new process can join it");
        }
        else if (!Timers.IsTimerActive(nameof(Stranded)))
        {
            Timers.StartSingleTimer(nameof(Stranded), new Stranded(), StrandedTime);
        }
    }

    private void OnMember(Member member)
    {
        Log.MemberChanged(_log, member.Address.ToString(), string.Join(", ", member.Roles), member.Status);
        _members.Set(member);
        if (member.Address == _cluster.SelfAddress && member.Status != MemberStatus.Removed)
        {
            _isLeaving = member.Status is MemberStatus.Leaving or MemberStatus.Exiting;
        }
    }

    // A process that is alive accepts connections at the port of its cluster address, even if one of them has just been broken.
    private void Probe(Address address)
    {
        if (address.Host is string host && address.Port is int port)
        {
            _ = ProbeAsync(address, host, port).PipeTo(Self);
        }
    }

    private static async Task<Probed> ProbeAsync(Address address, string host, int port)
    {
        using CancellationTokenSource limit = new(MemberTimeout);
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
            return new Probed(address, SocketError.Success);
        }
        catch (SocketException e)
        {
            return new Probed(address, e.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            return new Probed(address, SocketError.TimedOut);
        }
    }

    // A process that leaves is removed faster when the others know that it has ended; only an unexpected end is a warning, and once.
    private void OnDead(Address address)
    {
        if (_members.Stays(address))
        {
            Log.MemberDied(_log, address.ToString());
        }

        Down(address);
    }

    // Akka removes a downed member only once a failure detector has called it unreachable.
    private void Down(Address address)
    {
        ToldFailureDetector.Tell(_cluster, address);
        _cluster.Down(address);
    }

    private void OnSilent(Silent silent)
    {
        Address address = silent.Member.Address;
        if (_members.DecidesOn(address))
        {
            Log.MemberSilent(_log, address.ToString());
            Down(address);
        }
        else
        {
            // Whoever decides may be gone too by then.
            Timers.StartSingleTimer(silent.Member, silent, MemberTimeout);
        }
    }

    private void InviteCoordinators()
    {
        if (!IsOrphan)
        {
            _isInviting = false;
            _isStranded = false;
            Timers.Cancel(nameof(Stranded));
            InviteSuccessor();
            return;
        }

        if (!_isInviting)
        {
            _isInviting = true;
            Log.NoCoordinator(_log, string.Join(", ", _options.Coordinators.Select(address => address.ToString())));
        }

        foreach (Address coordinator in _options.AddressesLike(_cluster.SelfAddress))
        {
            Invite(coordinator);
        }
    }

    // A coordinator that was killed and started again before anybody could see that nobody listened. When it joins, Akka removes the one before.
    private void InviteSuccessor()
    {
        if (_successorInvitations > 0 && _members.Leader is { } leader)
        {
            _successorInvitations--;
            Invite(leader);
        }
    }

    // Ignored by a coordinator that is a member.
    private void Invite(Address coordinator) => Context.ActorSelection(new RootActorPath(coordinator) / "user" / CoordinatorJoin.Name)
        .Tell(new JoinInvitation(LinkMessage.ProtocolVersion, _cluster.SelfAddress.ToString()));

    // A refusal is taken for a death; a firewall that rejects would look the same. A container that is gone has neither a name nor a route, but so
    // have all others for a worker that is cut off: only the leader, who decides on silent members anyway, takes that for a death. The rest is left
    // to the heartbeats.
    private sealed record Probed(Address Address, SocketError Answer) : INoSerializationVerificationNeeded;

    private sealed record Silent(UniqueAddress Member) : INoSerializationVerificationNeeded;

    private sealed record Stranded : INoSerializationVerificationNeeded;

    private sealed record InvitationDue : INoSerializationVerificationNeeded
    {
        public static InvitationDue Instance { get; } = new();
    }
}
