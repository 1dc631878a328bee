using QueryStream.Coordinator;

namespace QueryStream.Web;

/// <summary>The members of the cluster. Implemented by the host. Safe on any thread.</summary>
public interface IClusterMembers
{
    /// <summary>The cluster as this process sees it, as of now.</summary>
    MembersView Read();

    /// <summary>The addresses of the members that a worker cannot reach, as it says itself.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null: it does not answer.</returns>
    Task<IReadOnlyList<string>?> UnreachableFromAsync(WorkerInfo worker, CancellationToken cancellationToken);

    /// <summary>The shards of keyed actors, by the address of the member that holds them.</summary>
    /// <returns>Null: nobody has told them in time.</returns>
    Task<IReadOnlyList<(string Shard, string Member, int Actors)>?> ShardsAsync(CancellationToken cancellationToken);

    /// <summary>Lets a member hand over its work and leave.</summary>
    /// <returns>What is being done, or why not.</returns>
    string Leave(string address);

    /// <summary>Declares a member dead.</summary>
    /// <returns>What is being done, or why not.</returns>
    string Down(string address);
}

/// <summary>The cluster as one process sees it.</summary>
/// <param name="Self">The address of that process.</param>
/// <param name="Leader">The address of the coordinator that leads; null: none does.</param>
/// <param name="Members">All members, coordinators first.</param>
public sealed record MembersView(string Self, string? Leader, IReadOnlyList<ClusterMember> Members)
{
    /// <summary>The epoch of the leader; null: this process does not lead.</summary>
    public long? Epoch { get; init; }

    /// <summary>The members that do not answer this process.</summary>
    public IReadOnlyList<string> Unreachable { get; init; } = [];
}

/// <summary>A member.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Status">Joining, Up, Leaving, Exiting, Down.</param>
/// <param name="Role">coordinator or worker.</param>
/// <param name="Worker">The name of a worker; null: it has none, or is not registered.</param>
public sealed record ClusterMember(string Address, string Status, string Role, string? Worker);
