namespace QueryStream.Cluster;

/// <summary>What a process of a cluster is.</summary>
public enum NodeRole
{
    /// <summary>A coordinator.</summary>
    Coordinator,

    /// <summary>A worker.</summary>
    Worker,
}

/// <summary>The roles as Akka's cluster knows them.</summary>
internal static class NodeRoles
{
    /// <summary>The name of the role in Akka's cluster, the same in all processes.</summary>
    public static string AkkaName(this NodeRole role) => role == NodeRole.Coordinator ? "coordinator" : "worker";
}
