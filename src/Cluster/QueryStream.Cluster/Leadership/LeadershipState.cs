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
