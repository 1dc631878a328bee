using System.Collections.Concurrent;
using QueryStream.Cluster.Links;
using QueryStream.Coordinator;
using QueryStream.Coordinator.State;
using QueryStream.Core.Identity;

namespace QueryStream.Cluster.Leadership;

/// <summary>Whether this process leads its cluster. Thread-safe.</summary>
public sealed class LeadershipState
{
    // Written by the leader's actor, read by requests. Volatile, so that readers see the current one.
    private volatile Leadership? _leadership;

    // By link, since the next link of a worker may register before the end of the one before is noticed.
    private readonly ConcurrentDictionary<LinkId, (string Address, WorkerId Worker)> _registered = new();

    /// <summary>The coordinator while this process leads, else null.</summary>
    public CoordinatorNode? Leading => _leadership?.Node;

    /// <summary>The epoch of this leader; null while this process does not lead.</summary>
    public Epoch? Epoch => _leadership?.Epoch;

    /// <summary>The worker at an address of Akka's cluster; null: none is registered from there, or this process does not lead.</summary>
    public WorkerId? WorkerAt(string address)
    {
        foreach ((string at, WorkerId worker) in _registered.Values)
        {
            if (at == address)
            {
                return worker;
            }
        }

        return null;
    }

    /// <summary>The address of the worker on which each shard belongs; without those whose worker has no link at the moment.</summary>
    internal IReadOnlyDictionary<string, string> PlacementOf(CoordinatorNode node)
    {
        Dictionary<WorkerId, string> addresses = [];
        foreach ((string address, WorkerId worker) in _registered.Values)
        {
            addresses[worker] = address;
        }

        return JobShard.PlacedBy(node).Where(shard => addresses.ContainsKey(shard.Value))
            .ToDictionary(shard => shard.Key.ToString(), shard => addresses[shard.Value], StringComparer.Ordinal);
    }

    internal void Begin(CoordinatorNode node, Epoch epoch) => _leadership = new Leadership(node, epoch);

    internal void End() => _leadership = null;

    internal void Registered(LinkId link, string address, WorkerId worker) => _registered[link] = (address, worker);

    internal void Disconnected(LinkId link) => _registered.TryRemove(link, out _);

    private sealed record Leadership(CoordinatorNode Node, Epoch Epoch);
}

/// <summary>The leader of the cluster as another process knows it. Thread-safe.</summary>
public sealed class KnownLeader
{
    private volatile Uri? _httpAddress;

    /// <summary>Where the leader serves HTTP; null while it is not known. It may have died since.</summary>
    public Uri? HttpAddress => _httpAddress;

    internal void Forget() => _httpAddress = null;

    internal void Set(string address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            _httpAddress = uri;
        }
    }
}
