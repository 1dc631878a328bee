using QueryStream.Coordinator;

namespace QueryStream.Rest;

/// <summary>Who leads the cluster, as this process knows it. Implemented by the host; read on any thread, for each request.</summary>
public interface ILeadership
{
    /// <summary>The coordinator of this process while it leads; else null.</summary>
    CoordinatorNode? Leading { get; }

    /// <summary>
    /// The HTTP address of the leading coordinator, which clients can reach: <c>http://coordinator-1:8081</c>; null while nobody leads.
    /// </summary>
    Uri? LeaderAddress { get; }
}
