namespace QueryStream.Cluster.Management;

/// <summary>The shard regions that there are, with the names of Akka.Management.</summary>
/// <param name="EntityTypeKeys">Their names.</param>
public sealed record RegionsView(IReadOnlyList<string> EntityTypeKeys);

/// <summary>The shards of a region, with the names of Akka.Management; there only those of one process, here those of all.</summary>
/// <param name="Regions">The shards.</param>
public sealed record ShardsView(IReadOnlyList<ShardView> Regions)
{
    /// <summary>The processes that can hold shards of the region, ours.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];
}

/// <summary>A shard.</summary>
/// <param name="ShardId">Its name.</param>
/// <param name="NumEntities">The number of its entities that live.</param>
public sealed record ShardView(string ShardId, int NumEntities)
{
    /// <summary>The process that holds it, ours.</summary>
    public string Node { get; init; } = "";
}

/// <summary>The actors of one process, ours.</summary>
/// <param name="SelfNode">Its address.</param>
/// <param name="Actors">Their paths, each behind that of its parent.</param>
public sealed record ActorsView(string SelfNode, IReadOnlyList<string> Actors);
