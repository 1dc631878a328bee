using System.Collections.Immutable;
using Akka.Actor;
using QueryStream.Cluster.Sharding;

namespace QueryStream.Cluster.Tests.Sharding;

/// <summary>Shards are where the leader says; without a leader they stay.</summary>
public sealed class PlacementStrategyTests : IDisposable
{
    private static readonly Address Self = Address.Parse("akka.tcp://querystream@127.0.0.1:1");
    private static readonly Address Other = Address.Parse("akka.tcp://querystream@127.0.0.1:2");

    private readonly ActorSystem _system = ActorSystem.Create("test");
    private readonly IActorRef _here;
    private readonly IActorRef _there;

    public PlacementStrategyTests()
    {
        // The region of this process has no address in its path, as Akka gives it.
        _here = _system.ActorOf(Props.Empty, "region");
        _there = new RegionElsewhere(new RootActorPath(Other) / "system" / "sharding" / "keys");
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task A_shard_is_allocated_where_its_tasks_are()
    {
        PlacementStrategy strategy = new(LeaderThatSays(("a", Self), ("b", Other)), Self);

        Assert.Same(_here, await strategy.AllocateShard(_there, "a", Allocations([], [])));
        Assert.Same(_there, await strategy.AllocateShard(_here, "b", Allocations([], [])));
    }

    [Fact]
    public void A_shard_of_a_job_that_does_not_run_and_one_whose_worker_has_no_region_yet_wait_without_an_error()
    {
        PlacementStrategy strategy = new(LeaderThatSays(("b", Other)), Self);
        ImmutableDictionary<IActorRef, IImmutableList<string>> onlyHere =
            ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(_here, ImmutableList<string>.Empty);

        Assert.False(strategy.AllocateShard(_here, "ended", Allocations([], [])).IsCompleted);
        Assert.False(strategy.AllocateShard(_here, "b", onlyHere).IsCompleted);
    }

    [Fact]
    public async Task Shards_that_are_elsewhere_than_their_tasks_move_and_those_that_move_already_are_left_alone()
    {
        PlacementStrategy strategy = new(LeaderThatSays(("a", Self), ("b", Self), ("c", Other)), Self);
        ImmutableDictionary<IActorRef, IImmutableList<string>> allocations = Allocations(["a", "c", "ended"], ["b"]);

        Assert.Equal(["b", "c", "ended"], (await strategy.Rebalance(allocations, ImmutableHashSet<string>.Empty)).Order());
        Assert.Equal(["ended"], await strategy.Rebalance(allocations, ["b", "c"]));
        Assert.Empty(await strategy.Rebalance(Allocations(["a", "b"], ["c"]), ImmutableHashSet<string>.Empty));
    }

    [Fact]
    public async Task Without_a_leader_nothing_moves()
    {
        PlacementStrategy strategy = new(_system.ActorOf(Props.Empty, "silent"), Self);

        Assert.Empty(await strategy.Rebalance(Allocations(["a"], ["b"]), ImmutableHashSet<string>.Empty));
    }

    private IActorRef LeaderThatSays(params (string Shard, Address Worker)[] placement)
    {
        Dictionary<string, string> shards = placement.ToDictionary(one => one.Shard, one => one.Worker.ToString());
        return _system.ActorOf(Props.Create(() => new Leader(shards)));
    }

    private ImmutableDictionary<IActorRef, IImmutableList<string>> Allocations(string[] here, string[] there) =>
        ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(_here, [.. here]).Add(_there, [.. there]);

    private sealed class Leader(IReadOnlyDictionary<string, string> shards) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(new PlacementReply(shards));
    }

    private sealed class RegionElsewhere(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
