using System.Net;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QueryStream.Cluster.Sharding;
using AkkaCluster = Akka.Cluster.Cluster;

namespace QueryStream.Cluster.Management;

/// <summary>
/// What Akka.Management serves, with its paths and names: its own HTTP server does not run with the available package versions.
/// </summary>
public static class ManagementEndpoints
{
    private const string Bearer = "Bearer ";

    /// <summary>
    /// Maps <c>/alive</c> and <c>/ready</c> (health), <c>/cluster/members</c> (the cluster as this process sees it; POST, PUT and DELETE change it),
    /// <c>/cluster/shards</c> and <c>/cluster/shards/NAME</c> (the shard regions, and the shards of one), <c>/actors</c> (those of this process) and
    /// <c>/bootstrap/seed-nodes</c> (for processes that look for a cluster to join).
    /// </summary>
    /// <param name="endpoints">The endpoints of the process.</param>
    /// <param name="token">Whoever changes the cluster must know it; empty: only processes of this machine may.</param>
    public static IEndpointRouteBuilder MapQueryStreamManagement(this IEndpointRouteBuilder endpoints, string token)
    {
        endpoints.MapGet("/alive", static (ActorSystem system) => Health(!system.WhenTerminated.IsCompleted));
        endpoints.MapGet("/ready", static (ActorSystem system) => Health(AkkaCluster.Get(system).SelfMember.Status == MemberStatus.Up));
        ClusterMembership membership = new(endpoints.ServiceProvider);
        endpoints.MapGet("/cluster/members", () => Results.Json(membership.Read(), ManagementJson.Default.ClusterView));
        endpoints.MapGet("/bootstrap/seed-nodes", static (ActorSystem system) =>
            Results.Json(SeedNodesOf(AkkaCluster.Get(system)), ManagementJson.Default.SeedNodesView));
        endpoints.MapGet("/cluster/shards", static () => Results.Json(new RegionsView([KeyRegion.Name]), ManagementJson.Default.RegionsView));
        endpoints.MapGet("/cluster/shards/{name}", static (HttpContext context, ActorSystem system, string name) =>
            ShardsAsync(system, name, context.RequestAborted));
        endpoints.MapGet("/actors", static (ActorSystem system) => Results.Json(
            new ActorsView(AkkaCluster.Get(system).SelfAddress.ToString(), ActorHierarchy.PathsOf(system)), ManagementJson.Default.ActorsView));
        endpoints.MapPost("/cluster/members", async (HttpContext context, ActorSystem system) =>
            Join(context, token, AkkaCluster.Get(system), await FieldAsync(context, "address").ConfigureAwait(false)));
        endpoints.MapPut("/cluster/members/{**address}", async (HttpContext context, string address) =>
            Change(context, token, membership, address, await FieldAsync(context, "operation").ConfigureAwait(false)));
        endpoints.MapDelete("/cluster/members/{**address}", (HttpContext context, string address) =>
            Change(context, token, membership, address, "leave"));
        return endpoints;
    }

    private static async Task<IResult> ShardsAsync(ActorSystem system, string name, CancellationToken cancellationToken)
    {
        if (name != KeyRegion.Name)
        {
            return Answer(StatusCodes.Status404NotFound, $"Shard Region {name} is not started");
        }

        return await ShardsOfCluster.ReadAsync(system, cancellationToken).ConfigureAwait(false) is { } view
            ? Results.Json(view, ManagementJson.Default.ShardsView)
            : Answer(StatusCodes.Status503ServiceUnavailable, "No worker has reported its shards in time. Try again.");
    }

    private static IResult Health(bool isHealthy) =>
        isHealthy ? Results.Text("Healthy") : Results.Text("Unhealthy", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<string> FieldAsync(HttpContext context, string name)
    {
        IFormCollection form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false)
            : FormCollection.Empty;
        return form[name].ToString();
    }

    // Akka ignores a join of a member, so the caller gets an error.
    private static IResult Join(HttpContext context, string token, AkkaCluster cluster, string node)
    {
        if (!IsAllowed(context, token))
        {
            return Forbidden(token);
        }

        Address self = cluster.SelfAddress;
        if (!ActorPath.TryParseAddress(node, out Address address) || address.Host is null || address.Port is null
            || address.Protocol != self.Protocol || address.System != self.System)
        {
            return Answer(
                StatusCodes.Status400BadRequest,
                $"'{node}' is no address of this cluster. Send the form field address={self.Protocol}://{self.System}@HOST:PORT.");
        }

        if (cluster.State.Members.Count > 0)
        {
            return Answer(
                StatusCodes.Status409Conflict,
                $"{self} is a member of a cluster already, with {cluster.State.Members.Count} members. "
                + "Only a process that waits for a cluster can join one.");
        }

        // Not Join: where its first attempt fails, Akka goes back to the coordinators that this process was started with.
        cluster.JoinSeedNodes([address.WithHost(NodeAddress.Canonical(address.Host))]);
        return Answer(StatusCodes.Status200OK, $"Joining {node}");
    }

    private static IResult Change(HttpContext context, string token, ClusterMembership membership, string node, string operation)
    {
        if (!IsAllowed(context, token))
        {
            return Forbidden(token);
        }

        (int status, string message) = membership.Change(node, operation);
        return Answer(status, message);
    }

    private static IResult Forbidden(string token) => Answer(StatusCodes.Status403Forbidden, token.Length > 0
        ? "The request needs the header 'Authorization: Bearer TOKEN' with the token of this process."
        : "Only processes of this machine may change the cluster, since no token is set (QueryStream:Cluster:ManagementToken).");

    private static bool IsAllowed(HttpContext context, string token)
    {
        if (token.Length == 0)
        {
            return context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        }

        string header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(header[Bearer.Length..])), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }

    private static IResult Answer(int status, string message) =>
        Results.Json(new ManagementMessage(message), ManagementJson.Default.ManagementMessage, statusCode: status);

    private static SeedNodesView SeedNodesOf(AkkaCluster cluster) =>
        new(
            cluster.SelfAddress.ToString(),
            [.. cluster.State.Members.Where(member => member.Status == MemberStatus.Up).Select(ClusterMembership.ViewOf)]);
}
