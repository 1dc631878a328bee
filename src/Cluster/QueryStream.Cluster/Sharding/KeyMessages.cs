using QueryStream.Wire.State;

namespace QueryStream.Cluster.Sharding;

/// <summary>The messages about keyed actors, as Akka carries them. See docs/design/sharding.md.</summary>
internal abstract record KeyMessage;

/// <summary>A question to the keyed actor of an operator and key group.</summary>
/// <param name="JobSlot">The slot of its task among those of the job: its shard.</param>
/// <param name="Query">The question.</param>
internal sealed record KeyRequest(int JobSlot, StateQuery Query) : KeyMessage;

/// <summary>Its answer.</summary>
internal sealed record KeyReply(StateAnswer Answer) : KeyMessage;

/// <summary>Whoever allocates shards asks the leader where they belong.</summary>
internal sealed record PlacementRequest : KeyMessage
{
    public static PlacementRequest Instance { get; } = new();
}

/// <summary>The leader says where the shards belong.</summary>
/// <param name="Shards">The address of the worker of each shard, as the masters of the jobs have placed their tasks.</param>
internal sealed record PlacementReply(IReadOnlyDictionary<string, string> Shards) : KeyMessage;
