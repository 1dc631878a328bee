using QueryStream.Blobs;
using QueryStream.Checkpoints.Storage;
using QueryStream.Cluster.Leadership;
using QueryStream.Coordinator;
using QueryStream.Rest;
using QueryStream.Worker;

namespace QueryStream.Cluster.Host;

/// <summary>Tells REST who leads.</summary>
internal sealed class ClusterLeadership(LeadershipState state, KnownLeader known) : ILeadership
{
    public CoordinatorNode? Leading => state.Leading;

    public Uri? LeaderAddress => known.HttpAddress;
}

/// <summary>Keeps the files of jobs in the store of the cluster.</summary>
internal sealed class StoredBlobs(IClusterStore store) : IBlobCopies
{
    private const string Folder = "blobs";

    public Task WriteAsync(ContentHash hash, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        store.WriteAsync(Folder, hash.ToString(), bytes, cancellationToken);

    public Task<byte[]?> ReadAsync(ContentHash hash, CancellationToken cancellationToken) =>
        store.ReadAsync(Folder, hash.ToString(), cancellationToken);

    public async Task<IReadOnlyList<ContentHash>> ListAsync(CancellationToken cancellationToken)
    {
        List<ContentHash> hashes = [];
        foreach (string name in await store.ListAsync(Folder, cancellationToken).ConfigureAwait(false))
        {
            if (ContentHash.TryParse(name, out ContentHash hash))
            {
                hashes.Add(hash);
            }
        }

        return hashes;
    }

    public Task DeleteAsync(ContentHash hash, CancellationToken cancellationToken) => store.DeleteAsync(Folder, hash.ToString(), cancellationToken);
}

/// <summary>What a process hands over before its host stops: Akka leaves the cluster as soon as that begins, and links are gone then.</summary>
internal interface IDeparture
{
    Task LeaveAsync();
}

/// <summary>Ends the leadership of a coordinator.</summary>
internal sealed class CoordinatorDeparture(LeadershipState state, CoordinatorParts parts) : IDeparture
{
    public Task LeaveAsync() => state.Leading is { } node ? parts.EndAsync(node) : Task.CompletedTask;
}

/// <summary>Moves the tasks of a worker to others.</summary>
internal sealed class WorkerDeparture(WorkerNode node) : IDeparture
{
    public Task LeaveAsync() => node.LeaveAsync();
}
