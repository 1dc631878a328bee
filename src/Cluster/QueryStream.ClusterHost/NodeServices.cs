using Microsoft.Extensions.Hosting;
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
}

/// <summary>Ends the reign of a coordinator that stops, before it leaves the cluster.</summary>
internal sealed class CoordinatorService(LeadershipState state, CoordinatorParts parts) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (state.Leading is { } node)
        {
            await parts.EndAsync(node).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>Moves the tasks of a worker that stops to others, before it leaves the cluster.</summary>
internal sealed class WorkerService(WorkerNode node) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => node.LeaveAsync();
}
