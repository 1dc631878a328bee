using QueryStream.Coordinator;

namespace QueryStream.Cluster.Leadership;

/// <summary>Whether this process leads its cluster. Thread-safe.</summary>
public sealed class LeadershipState
{
    // Written by the leader's actor, read by requests. Volatile, so that readers see the current one.
    private volatile CoordinatorNode? _leading;

    /// <summary>The coordinator while this process leads, else null.</summary>
    public CoordinatorNode? Leading => _leading;

    internal void Begin(CoordinatorNode node) => _leading = node;

    internal void End() => _leading = null;
}

/// <summary>The leader of the cluster as a worker knows it. Thread-safe.</summary>
public sealed class KnownLeader
{
    private volatile Uri? _httpAddress;

    /// <summary>Where the leader serves HTTP; null before this worker was first connected. It may have died since.</summary>
    public Uri? HttpAddress => _httpAddress;

    internal void Set(string address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            _httpAddress = uri;
        }
    }
}
