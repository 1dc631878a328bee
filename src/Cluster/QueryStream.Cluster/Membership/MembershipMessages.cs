namespace QueryStream.Cluster.Membership;

/// <summary>A worker whose cluster has no coordinator asks one to join it.</summary>
/// <param name="Version">The version of the protocol of links.</param>
/// <param name="Address">The worker, as Akka writes addresses.</param>
internal sealed record JoinInvitation(byte Version, string Address);

/// <summary>A process is asked to leave the cluster in order.</summary>
internal sealed record LeaveRequest;
