using Akka.Actor;
using QueryStream.Cluster.Links;

namespace QueryStream.Cluster.Leadership;

/// <summary>Keeps a coordinator that does not lead informed about who does, so that it can send clients there.</summary>
internal sealed class LeaderWatch : UntypedActor, IWithTimers
{
    public const string Name = "leader-watch";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // A leader that is alive answers within one interval.
    private const int MaxUnanswered = 4;

    private readonly IActorRef _leader;
    private readonly LeadershipState _state;
    private readonly KnownLeader _known;
    private int _unanswered;

    public LeaderWatch(IActorRef leader, LeadershipState state, KnownLeader known)
    {
        _state = state;
        _leader = leader;
        _known = known;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Ask), new Ask(), TimeSpan.Zero, Interval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LeaderReply leader:
                _unanswered = 0;
                _known.Set(leader.HttpAddress);
                break;
            case Ask when _state.Leading is null:
                if (++_unanswered > MaxUnanswered)
                {
                    _known.Forget();
                }

                _leader.Tell(LeaderRequest.Instance);
                break;
        }
    }

    private sealed record Ask : INoSerializationVerificationNeeded;
}
