using Akka.Actor;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Cluster.Links;
using QueryStream.Cluster.Sharding;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using AkkaCluster = Akka.Cluster.Cluster;
using ClusterEvent = Akka.Cluster.ClusterEvent;

namespace QueryStream.Cluster.Leadership;

/// <summary>This process leaves the cluster, and another one may lead from now on.</summary>
internal sealed record StepDown : INoSerializationVerificationNeeded
{
    public static StepDown Instance { get; } = new();
}

/// <summary>
/// The cluster singleton: while it lives, this process leads. It takes an epoch, starts the <see cref="CoordinatorNode"/>, and opens a link for each
/// worker that asks for one.
/// </summary>
internal sealed class LeaderActor : UntypedActor, IWithTimers
{
    public const string Name = "leader";

    /// <summary>The actor of Akka that keeps one leader in the cluster.</summary>
    public const string ManagerName = "leadership";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly LeadershipState _state;
    private readonly IClusterStore? _store;
    private readonly CoordinatorFactory _coordinators;
    private readonly Uri _http;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopped = new();
    private CoordinatorNode? _node;

    public LeaderActor(
        LeadershipState state, IClusterStore? store, CoordinatorFactory coordinators, Uri http, TimeProvider time, ILogger log)
    {
        _store = store;
        _http = http;
        _state = state;
        _time = time;
        _coordinators = coordinators;
        _log = log;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        AkkaCluster.Get(Context.System).Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberDowned));
        Raise();
    }

    // A link that throws is stopped, not restarted: its state may be wrong.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Takeover takeover:
                Begin(takeover);
                break;
            case Status.Failure failure:
                Log.NoEpoch(_log, failure.Cause.Message);
                Timers.StartSingleTimer(nameof(Raise), new RaiseAgain(), RetryDelay);
                break;
            case RaiseAgain:
                Raise();
                break;
            case StepDown when _node is { } node:
                // Before its links close: otherwise the jobs would take all workers for lost.
                _state.End();
                _ = _coordinators.EndAsync(node).ContinueWith(static _ => new Ended(), TaskScheduler.Default).PipeTo(Self);
                break;
            case StepDown or Ended:
                Context.Stop(Self);
                break;
            case OpenLink open when _node is not null:
                Open(open, _node);
                break;
            case ClusterEvent.MemberDowned { Member: var member }:
                CloseLinksTo(member.Address);
                break;
            case LeaderRequest when _node is not null:
                Sender.Tell(new LeaderReply(_http.ToString()));
                break;
            case PlacementRequest when _node is not null:
                Sender.Tell(new PlacementReply(_state.PlacementOf(_node)));
                break;
            default:
                // A worker that asks before the epoch is known asks again.
                break;
        }
    }

    protected override void PostStop()
    {
        AkkaCluster.Get(Context.System).Unsubscribe(Self);
        _stopped.Cancel();
        _stopped.Dispose();
        _state.End();
    }

    private void Raise()
    {
        string self = AkkaCluster.Get(Context.System).SelfAddress.ToString();
        Task<Takeover> read = _store is null
            ? Task.FromResult(new Takeover(ClockEpoch(), RegisteredJobs.None))
            : ReadAsync(_store, self, _coordinators.Registry, _stopped.Token);
        _ = read.PipeTo(Self);
    }

    // The epoch first: from then on no other coordinator writes to the registry.
    private static async Task<Takeover> ReadAsync(IClusterStore store, string self, IJobRegistry? registry, CancellationToken cancellationToken)
    {
        Epoch epoch = await store.RaiseAsync(cancellationToken).ConfigureAwait(false);
        await BecomeSeedAsync(store, self, cancellationToken).ConfigureAwait(false);
        return new Takeover(epoch, registry is null ? RegisteredJobs.None : await registry.ReadAsync(cancellationToken).ConfigureAwait(false));
    }

    // Without a store: higher than those before it as long as the clocks of the coordinators agree better than the time between two leaders.
    private Epoch ClockEpoch() => new(_time.GetUtcNow().ToUnixTimeMilliseconds());

    // Coordinators that start from now on join this one, and not one that has died.
    private static async Task BecomeSeedAsync(IClusterStore store, string self, CancellationToken cancellationToken)
    {
        string? seed = null;
        do
        {
            seed = await store.ProposeSeedAsync(self, seed, cancellationToken).ConfigureAwait(false);
        }
        while (seed is not null && seed != self);
    }

    private void Begin(Takeover takeover)
    {
        Log.Leading(_log, takeover.Epoch);
        CoordinatorNode node = _coordinators.Start(takeover.Epoch);
        foreach (RegisteredJob job in takeover.Registered.Jobs)
        {
            Log.Resuming(_log, job.Submission.ProvisionalName, job.Id);
            _ = ResumeAsync(node, job with { Recoveries = job.Recoveries + 1 }, _log);
        }

        _node = node;
        _state.Begin(node, takeover.Epoch);
    }

    private static async Task ResumeAsync(CoordinatorNode node, RegisteredJob job, ILogger log)
    {
        try
        {
            await node.RecoverAsync(job).ConfigureAwait(false);
        }
        catch (Exception e) when (e is QueryStreamException or OperationCanceledException or ObjectDisposedException)
        {
            Log.NotResumed(log, job.Submission.ProvisionalName, job.Id, e.Message);
        }
    }

    private void Open(OpenLink open, CoordinatorNode node)
    {
        if (open.Version != LinkMessage.ProtocolVersion)
        {
            string reason = $"it speaks version {open.Version} of the protocol of links, and the leader {LinkMessage.ProtocolVersion}: "
                + "run the same version of QueryStream on all nodes";
            Log.LinkRefused(_log, Sender.Path.Address.ToString(), reason);
            Sender.Tell(new CloseLink(open.Link, reason));
            return;
        }

        string name = open.Link.ToString();
        IActorRef before = Context.Child(name);
        if (before.IsNobody())
        {
            IActorRef worker = Sender;
            Context.ActorOf(Props.Create(() => new CoordinatorLink(open.Link, worker, node, _state, _http, _log)), name);
        }
        else
        {
            before.Forward(open);
        }
    }

    // Its tasks restart elsewhere at once: the members agree on the removal of a process some 200 ms later, and it is downed for good. Whatever it
    // still does is refused by epochs and attempts.
    private static void CloseLinksTo(Address worker)
    {
        foreach (IActorRef link in Context.GetChildren())
        {
            link.Tell(new PeerDowned(worker));
        }
    }

    private sealed record Takeover(Epoch Epoch, RegisteredJobs Registered) : INoSerializationVerificationNeeded;

    private sealed record Ended : INoSerializationVerificationNeeded;

    private sealed record RaiseAgain : INoSerializationVerificationNeeded;
}
