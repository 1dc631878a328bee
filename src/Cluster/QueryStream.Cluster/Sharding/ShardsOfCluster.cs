using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using QueryStream.Cluster.Management;

namespace QueryStream.Cluster.Sharding;

/// <summary>Asks the regions of all workers for their shards.</summary>
internal static class ShardsOfCluster
{
    private static readonly TimeSpan RegionLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(4);

    /// <summary>The shards and the number of entities in each, sorted by name.</summary>
    /// <returns>Null: no worker has answered in time.</returns>
    public static async Task<ShardsView?> ReadAsync(ActorSystem system, CancellationToken cancellationToken)
    {
        try
        {
            ClusterShardingStats stats = await KeyRegion.Of(system)
                .Ask<ClusterShardingStats>(new GetClusterShardingStats(RegionLimit), AnswerLimit, cancellationToken).ConfigureAwait(false);
            return ViewOf(stats.Regions);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private static ShardsView ViewOf(IImmutableDictionary<Address, ShardRegionStats> regions) => new(
        [
            .. regions
                .SelectMany(region => region.Value.Stats.Select(shard => new ShardView(shard.Key, shard.Value) { Node = region.Key.ToString() }))
                .OrderBy(shard => shard.ShardId, StringComparer.Ordinal),
        ])
    {
        Nodes = [.. regions.Keys.Select(address => address.ToString()).Order(StringComparer.Ordinal)],
    };
}
