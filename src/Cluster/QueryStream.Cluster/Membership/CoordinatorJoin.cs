using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Links;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster.Membership;

/// <summary>
/// Joins a starting coordinator to its cluster: to that of a worker that invites it, else to that of another coordinator, else it forms one.
/// </summary>
internal sealed class CoordinatorJoin : UntypedActor, IWithTimers
{
    public const string Name = "join";

    // A worker without a coordinator invites three times a second.
    private static readonly TimeSpan InvitationTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(5);

    private readonly NodeOptions _options;
    private readonly ILogger _log;
    private readonly AkkaCluster _cluster;
    private bool _isJoining;

    public CoordinatorJoin(NodeOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        _cluster = AkkaCluster.Get(Context.System);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsMember => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.Joining or MemberStatus.WeaklyUp;

    protected override void PreStart() => Timers.StartSingleTimer(nameof(Form), new Form(), InvitationTime);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JoinInvitation invitation when invitation.Version == LinkMessage.ProtocolVersion && !IsMember && !_isJoining:
                Join(invitation);
                break;
            case Form when !IsMember:
                _isJoining = true;
                _cluster.JoinSeedNodes(Seeds());
                break;
            case GiveUp when !IsMember:
                // The worker that invited has died since.
                _isJoining = false;
                Timers.StartSingleTimer(nameof(Form), new Form(), InvitationTime);
                break;
        }
    }

    private void Join(JoinInvitation invitation)
    {
        if (!ActorPath.TryParseAddress(invitation.Address, out Address address))
        {
            return;
        }

        Log.Invited(_log, invitation.Address);
        _isJoining = true;
        Timers.Cancel(nameof(Form));
        Timers.StartSingleTimer(nameof(GiveUp), new GiveUp(), JoinTime);
        _cluster.JoinSeedNodes([address]);
    }

    // Only the first of the coordinators forms a cluster, after it has asked the others whether they have one.
    private IEnumerable<Address> Seeds()
    {
        IReadOnlyList<Address> coordinators = _options.AddressesLike(_cluster.SelfAddress);
        return coordinators.Contains(_cluster.SelfAddress) ? coordinators : [_cluster.SelfAddress];
    }

    private sealed record Form : INoSerializationVerificationNeeded;

    private sealed record GiveUp : INoSerializationVerificationNeeded;
}
