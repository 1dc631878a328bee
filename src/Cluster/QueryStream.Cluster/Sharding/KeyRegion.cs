using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using QueryStream.Coordinator.State;
using QueryStream.Wire.State;
using QueryStream.Worker;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster.Sharding;

/// <summary>
/// The shard region <c>keys</c>: it makes the keyed actors of all jobs addressable. A shard is a slot of a job, an entity an operator and a key
/// group. Workers hold the shards; coordinators only pass messages on. Entities are not remembered: they hold nothing.
/// </summary>
internal static class KeyRegion
{
    public const string Name = "keys";

    private static readonly string WorkerRole = NodeRole.Worker.AkkaName();

    /// <summary>Starts the region on a worker.</summary>
    /// <param name="system">Akka's system.</param>
    /// <param name="leader">Reaches the leader, wherever it is.</param>
    /// <param name="worker">The worker whose tasks hold the state.</param>
    public static void Start(ActorSystem system, IActorRef leader, WorkerNode worker)
    {
        ClusterSharding sharding = ClusterSharding.Get(system);
        ClusterShardingSettings settings = ClusterShardingSettings.Create(system).WithRole(WorkerRole).WithRememberEntities(false);
        sharding.Start(
            Name,
            Props.Create(() => new KeyActor(worker)),
            settings,
            Extractor.Instance,
            new PlacementStrategy(leader, AkkaCluster.Get(system).SelfAddress),
            PoisonPill.Instance);
    }

    /// <summary>Starts what passes messages on to the region, on a coordinator.</summary>
    public static IActorRef StartProxy(ActorSystem system) => ClusterSharding.Get(system).StartProxy(Name, WorkerRole, Extractor.Instance);

    /// <summary>The region of a process, or what passes messages on to it.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IActorRef Of(ActorSystem system)
    {
        ClusterSharding sharding = ClusterSharding.Get(system);
        return AkkaCluster.Get(system).SelfRoles.Contains(WorkerRole) ? sharding.ShardRegion(Name) : sharding.ShardRegionProxy(Name);
    }

    /// <summary>The name of an entity: the operator, and the key group.</summary>
    public static string EntityOf(StateQuery query) => string.Create(CultureInfo.InvariantCulture, $"{query.Operator}-{query.Group.Number}");

    private sealed class Extractor : IMessageExtractor
    {
        public static Extractor Instance { get; } = new();

        public string? EntityId(object message) => message is KeyRequest request ? EntityOf(request.Query) : null;

        public object? EntityMessage(object message) => message;

        public string? ShardId(object message) =>
            message is KeyRequest request ? new JobShard(request.Query.Task.Job, request.JobSlot).ToString() : null;

        // Only the message knows the shard: an entity is not remembered, so nobody asks by its name alone.
        public string ShardId(string entityId, object? messageHint = null) => messageHint is null ? "" : ShardId(messageHint) ?? "";
    }
}
