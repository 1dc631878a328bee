using Microsoft.AspNetCore.Http;
using QueryStream.Cluster.Management;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest;
using QueryStream.Web;

namespace QueryStream.Cluster.Host;

/// <summary>Tells web pages about the members of the cluster.</summary>
internal sealed class MembersOfCluster(ClusterMembership membership, WorkerClient workers) : IClusterMembers
{
    private static readonly string CoordinatorRole = NodeRole.Coordinator.ToString().ToLowerInvariant();

    public MembersView Read()
    {
        ClusterView view = membership.Read();
        return new MembersView(
            view.SelfNode,
            view.OldestPerRole.GetValueOrDefault(CoordinatorRole),
            [
                .. view.Members.Select(member => new ClusterMember(member.Node, member.Status, string.Join(", ", member.Roles), member.Worker))
                    .OrderBy(member => member.Role, StringComparer.Ordinal).ThenBy(member => member.Worker ?? member.Address, StringComparer.Ordinal),
            ])
        {
            Epoch = view.Epoch,
            Unreachable = [.. view.Unreachable.Select(member => member.Node)],
        };
    }

    public async Task<IReadOnlyList<string>?> UnreachableFromAsync(WorkerInfo worker, CancellationToken cancellationToken)
    {
        try
        {
            byte[] answer = await workers.MembersAsync(worker, cancellationToken).ConfigureAwait(false);
            return ClusterMembership.Parse(answer)?.Unreachable.Select(member => member.Node).ToArray();
        }
        catch (QueryStreamException)
        {
            // That it does not answer is the answer.
            return null;
        }
    }

    public async Task<IReadOnlyList<(string Shard, string Member, int Actors)>?> ShardsAsync(CancellationToken cancellationToken) =>
        (await membership.ShardsAsync(cancellationToken).ConfigureAwait(false))?.Regions
        .Select(shard => (shard.ShardId, shard.Node, shard.NumEntities)).ToArray();

    public string Leave(string address) => Change(address, "leave");

    public string Down(string address) => Change(address, "down");

    private string Change(string address, string operation)
    {
        (int status, string message) = membership.Change(address, operation);
        return status < StatusCodes.Status400BadRequest ? message : throw new ServiceRefusedException("Cluster", message);
    }
}
