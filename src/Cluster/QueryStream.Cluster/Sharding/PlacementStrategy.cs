using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace QueryStream.Cluster.Sharding;

/// <summary>
/// Puts each shard on the worker where its job's master has put the tasks of its slot, and moves it when they move. It runs beside Akka's coordinator
/// of shards, which is on the oldest worker, so it asks the leader each time and remembers nothing. Akka calls it one call at a time.
/// </summary>
/// <param name="leader">Reaches the leader, wherever it is.</param>
/// <param name="self">The address of this process, by which the leader knows it.</param>
internal sealed class PlacementStrategy(ICanTell leader, Address self) : IShardAllocationStrategy
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        PlacementReply? placement = await AskAsync().ConfigureAwait(false);
        return placement is not null && RegionOf(shardId, placement, currentShardAllocations.Keys) is { } region
            ? region
            : await NowhereAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (currentShardAllocations.Values.All(static shards => shards.Count == 0)
            || await AskAsync().ConfigureAwait(false) is not { } placement)
        {
            return ImmutableHashSet<string>.Empty;
        }

        return Misplaced(currentShardAllocations, placement, self).Where(shard => !rebalanceInProgress.Contains(shard)).ToImmutableHashSet();
    }

    /// <summary>The shards that are not where they belong; also those that belong nowhere, since their job has ended or waits.</summary>
    internal static IEnumerable<string> Misplaced(
        IEnumerable<KeyValuePair<IActorRef, IImmutableList<string>>> allocations, PlacementReply placement, Address self) =>
        from region in allocations
        let address = AddressOf(region.Key, self)
        from shard in region.Value
        where !placement.Shards.TryGetValue(shard, out string? wanted) || wanted != address
        select shard;

    private static string AddressOf(IActorRef region, Address self) =>
        (region.Path.Address.HasLocalScope ? self : region.Path.Address).ToString();

    // Akka would log a failure as an error, many times a second. The region asks again for shards that somebody waits for, and nothing refers to this
    // task, so it costs no memory.
    private static Task<IActorRef> NowhereAsync() => new TaskCompletionSource<IActorRef>().Task;

    private IActorRef? RegionOf(string shard, PlacementReply placement, IEnumerable<IActorRef> regions) =>
        placement.Shards.TryGetValue(shard, out string? wanted) ? regions.FirstOrDefault(region => AddressOf(region, self) == wanted) : null;

    private async Task<PlacementReply?> AskAsync()
    {
        try
        {
            return await leader.Ask<PlacementReply>(PlacementRequest.Instance, AnswerLimit).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // Nobody leads at the moment: shards stay where they are.
            return null;
        }
    }
}
