using System.Text.Json.Serialization;

namespace QueryStream.Cluster.Management;

/// <summary>The cluster as one process sees it, with the names of Akka.Management.</summary>
/// <param name="SelfNode">The address of that process.</param>
/// <param name="Leader">The member that Akka's gossip elects to move members up and out; not the coordinator that leads. Null: none.</param>
/// <param name="Oldest">The oldest member.</param>
/// <param name="OldestPerRole">The oldest member of each role; that of <c>coordinator</c> leads the cluster.</param>
/// <param name="Members">All members.</param>
/// <param name="Unreachable">Those that do not answer.</param>
public sealed record ClusterView(
    string SelfNode,
    string? Leader,
    string? Oldest,
    IReadOnlyDictionary<string, string> OldestPerRole,
    IReadOnlyList<MemberView> Members,
    IReadOnlyList<UnreachableView> Unreachable)
{
    /// <summary>The epoch of this process as leader, a field of QueryStream's own; null: it does not lead.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Epoch { get; init; }
}

/// <summary>A member.</summary>
/// <param name="Node">Its address.</param>
/// <param name="NodeUid">Tells it from other processes at the same address.</param>
/// <param name="Status">Joining, Up, Leaving, Exiting, Down.</param>
/// <param name="Roles">coordinator or worker.</param>
public sealed record MemberView(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles)
{
    /// <summary>The name of a worker, ours; null: it has none, is not registered, or this process does not lead.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Worker { get; init; }
}

/// <summary>A member that does not answer.</summary>
/// <param name="Node">Its address.</param>
/// <param name="ObservedBy">The process that says so.</param>
public sealed record UnreachableView(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>For processes that look for a cluster to join.</summary>
/// <param name="SelfNode">The address of the process.</param>
/// <param name="SeedNodes">The members that can be joined.</param>
public sealed record SeedNodesView(string SelfNode, IReadOnlyList<MemberView> SeedNodes);

/// <summary>The answer to a request that changes the cluster.</summary>
/// <param name="Message">What has been done, or why not.</param>
public sealed record ManagementMessage(string Message);

/// <summary>Reads and writes the model as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(SeedNodesView))]
[JsonSerializable(typeof(ManagementMessage))]
[JsonSerializable(typeof(RegionsView))]
[JsonSerializable(typeof(ShardsView))]
[JsonSerializable(typeof(ActorsView))]
public sealed partial class ManagementJson : JsonSerializerContext;
