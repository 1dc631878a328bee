using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Rest.Model;
using QueryStream.Rest.Threads;

namespace QueryStream.Rest.Endpoints;

/// <summary>What the threads of coordinator and workers do.</summary>
internal static class ThreadDumpEndpoints
{
    /// <summary>The path at which every process serves its own dump.</summary>
    public const string OwnPath = "/thread-dump";

    public static void Map(RouteTable table)
    {
        table.Map(
            new RestRoute("GET", "/jobmanager/thread-dump", "What the threads of the coordinator do."), static (context, _) => TakeAsync(context));
        table.Map(new RestRoute("GET", "/taskmanagers/{worker}/thread-dump", "What the threads of a worker do."), static (context, coordinator) =>
            context.RequestServices.GetRequiredService<WorkerClient>().ThreadsAsync(
                ClusterEndpoints.FindWorker(context, coordinator), context.RequestAborted));
    }

    /// <summary>Maps the path of the process itself.</summary>
    public static void MapOwn(IEndpointRouteBuilder endpoints) => endpoints.MapMethods(
        OwnPath, [HttpMethods.Get], static context => RestErrors.CatchAsync(context, async () =>
            await RestJson.WriteAsync(context, await TakeAsync(context).ConfigureAwait(false), StatusCodes.Status200OK).ConfigureAwait(false)));

    private static Task<ThreadDumpResponse> TakeAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<ThreadDumper>().TakeAsync(context.RequestAborted);
}
