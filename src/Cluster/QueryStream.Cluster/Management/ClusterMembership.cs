using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Cluster.Leadership;
using QueryStream.Cluster.Membership;
using QueryStream.Cluster.Sharding;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster.Management;

/// <summary>The members of the cluster as this process sees them, and how to change them. Thread-safe.</summary>
/// <param name="services">The services of the process, in which the cluster runs.</param>
public sealed class ClusterMembership(IServiceProvider services)
{
    // Asked for when needed: the actor system starts after the services are made.
    private ActorSystem System => services.GetRequiredService<ActorSystem>();

    /// <summary>The cluster as of now.</summary>
    public ClusterView Read()
    {
        AkkaCluster cluster = AkkaCluster.Get(System);
        LeadershipState? leadership = services.GetService<LeadershipState>();
        ClusterEvent.CurrentClusterState state = cluster.State;
        string self = cluster.SelfAddress.ToString();
        Member[] up = [.. state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving)];
        return new ClusterView(
            self,
            state.Leader?.ToString(),
            Members.Oldest(up)?.Address.ToString(),
            up.SelectMany(member => member.Roles).Distinct().ToDictionary(
                role => role, role => Members.Oldest(up.Where(member => member.HasRole(role)))!.Address.ToString(), StringComparer.Ordinal),
            [.. state.Members.Select(member => ViewOf(member) with { Worker = leadership?.WorkerAt(member.Address.ToString())?.Name })],
            [.. state.Unreachable.Select(member => new UnreachableView(member.Address.ToString(), [self]))])
        {
            Epoch = leadership?.Epoch?.Number,
        };
    }

    /// <summary>What another process has answered to <c>GET /cluster/members</c>; null: that is no such answer.</summary>
    public static ClusterView? Parse(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, ManagementJson.Default.ClusterView);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The shards of keyed actors; null: no worker has told them in time.</summary>
    public Task<ShardsView?> ShardsAsync(CancellationToken cancellationToken) => ShardsOfCluster.ReadAsync(System, cancellationToken);

    /// <summary>Changes a member.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="operation"><c>leave</c>: its process hands its work over and ends; <c>down</c>: it is declared dead.</param>
    /// <returns>A status of HTTP, and what is being done or why not.</returns>
    public (int Status, string Message) Change(string address, string operation)
    {
        AkkaCluster cluster = AkkaCluster.Get(System);
        if (cluster.State.Members.FirstOrDefault(member => member.Address.ToString() == address) is not { } found)
        {
            return (StatusCodes.Status404NotFound, $"Member [{address}] not found");
        }

        switch (operation.ToUpperInvariant())
        {
            case "LEAVE":
                // The process itself leaves, after it has handed its work over; Akka alone would drop it from the cluster at once.
                cluster.System.ActorSelection(new RootActorPath(found.Address) / "user" / MembershipActor.Name).Tell(new LeaveRequest());
                return (StatusCodes.Status200OK, $"Leaving {address}");
            case "DOWN":
                cluster.Down(found.Address);
                return (StatusCodes.Status200OK, $"Downing {address}");
            default:
                return (
                    StatusCodes.Status400BadRequest, $"'{operation}' is no operation. Send the form field operation=leave or operation=down.");
        }
    }

    /// <summary>A member as answers show it.</summary>
    internal static MemberView ViewOf(Member member) => new(
        member.Address.ToString(),
        member.UniqueAddress.Uid.ToString(global::System.Globalization.CultureInfo.InvariantCulture),
        member.Status.ToString(),
        [.. member.Roles.Order(StringComparer.Ordinal)]);
}
