using Akka.Actor;
using Microsoft.Extensions.Logging;
using QueryStream.Cluster.Leadership;
using QueryStream.Core.Actors;
using QueryStream.Worker;

namespace QueryStream.Cluster.Links;

/// <summary>Keeps a worker connected to whoever leads: when a link is lost, it asks for the next one.</summary>
internal sealed class WorkerConnector : UntypedActor, IWithTimers
{
    // After a loss the leader is often the same, so the first attempt comes at once; what is refused is not asked for all the time.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly IActorRef _leader;
    private readonly WorkerNode _node;
    private readonly KnownLeader _known;
    private readonly Executor _executor;
    private readonly ILogger _log;

    public WorkerConnector(IActorRef leader, WorkerNode node, KnownLeader known, Executor executor, ILogger log)
    {
        _known = known;
        _leader = leader;
        _node = node;
        _executor = executor;
        _log = log;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Connect();

    // A link that throws is stopped, not restarted: its state may be wrong.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated:
                Timers.StartSingleTimer(nameof(Retry), Retry.Instance, RetryDelay);
                break;
            case Retry:
                Connect();
                break;
        }
    }

    private void Connect()
    {
        LinkId id = new(_executor.NewId());
        Context.Watch(Context.ActorOf(Props.Create(() => new WorkerLink(id, _leader, _node, _known, _log)), id.ToString()));
    }

    private sealed record Retry : INoSerializationVerificationNeeded
    {
        public static Retry Instance { get; } = new();
    }
}
