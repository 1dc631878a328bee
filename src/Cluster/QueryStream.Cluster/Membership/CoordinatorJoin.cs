using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Cluster.Links;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster.Membership;

/// <summary>
/// Joins a starting coordinator to its cluster: to that of a worker that invites it, else to that of another coordinator, else it forms one. The
/// other coordinator is the one that the store names, else one of those in the settings.
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
    private readonly IClusterStore? _store;
    private readonly string _self;
    private readonly CancellationTokenSource _stopped = new();
    private bool _isJoining;

    // The coordinator that this one tries to join, since the store names it. It may have died.
    private string? _seed;

    public CoordinatorJoin(NodeOptions options, IClusterStore? store, ILogger log)
    {
        _store = store;
        _options = options;
        _log = log;
        _cluster = AkkaCluster.Get(Context.System);
        _self = _cluster.SelfAddress.ToString();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsMember => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.Joining or MemberStatus.WeaklyUp;

    protected override void PreStart() => Timers.StartSingleTimer(nameof(FormCluster), new FormCluster(), InvitationTime);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JoinInvitation invitation when invitation.Version == LinkMessage.ProtocolVersion && !IsMember && !_isJoining
                && ActorPath.TryParseAddress(invitation.Address, out Address worker):
                Log.Invited(_log, invitation.Address);
                Join(worker);
                break;
            case FormCluster when !IsMember && !_isJoining:
                _ = SeedAsync(_store, _self, _seed, _stopped.Token).PipeTo(Self);
                break;
            case Seed seed when !IsMember && !_isJoining:
                JoinOrForm(seed.Address);
                break;
            case Status.Failure failure when !IsMember && !_isJoining:
                Log.NoSeed(_log, failure.Cause.Message);
                Timers.StartSingleTimer(nameof(FormCluster), new FormCluster(), InvitationTime);
                break;
            case GiveUp when !IsMember:
                // Whoever invited, or was named by the store, has died since.
                _isJoining = false;
                Timers.StartSingleTimer(nameof(FormCluster), new FormCluster(), InvitationTime);
                break;
        }
    }

    private void JoinOrForm(string? seed)
    {
        if (seed is null)
        {
            _isJoining = true;
            _cluster.JoinSeedNodes(Seeds());
        }
        else if (seed == _self || !ActorPath.TryParseAddress(seed, out Address other))
        {
            _isJoining = true;
            _cluster.JoinSeedNodes([_cluster.SelfAddress]);
        }
        else
        {
            Log.Joining(_log, seed);
            _seed = seed;
            Join(other);
        }
    }

    private void Join(Address address)
    {
        _isJoining = true;
        Timers.Cancel(nameof(FormCluster));
        Timers.StartSingleTimer(nameof(GiveUp), new GiveUp(), JoinTime);
        _cluster.JoinSeedNodes([address]);
    }

    private static async Task<Seed> SeedAsync(IClusterStore? store, string self, string? replaced, CancellationToken cancellationToken) =>
        new(store is null ? null : await store.ProposeSeedAsync(self, replaced, cancellationToken).ConfigureAwait(false));

    // Only the first of the coordinators forms a cluster, after it has asked the others whether they have one.
    private IEnumerable<Address> Seeds()
    {
        IReadOnlyList<Address> coordinators = _options.AddressesLike(_cluster.SelfAddress);
        return coordinators.Contains(_cluster.SelfAddress) ? coordinators : [_cluster.SelfAddress];
    }

    private sealed record FormCluster : INoSerializationVerificationNeeded;

    private sealed record Seed(string? Address) : INoSerializationVerificationNeeded;

    private sealed record GiveUp : INoSerializationVerificationNeeded;
}
