using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Rest.Threads;

namespace QueryStream.Rest.Endpoints;

/// <summary>What the threads of coordinator and workers do.</summary>
internal static class ThreadDumpEndpoints
{
    /// <summary>The path at which every process serves its own dump.</summary>
    public const string OwnPath = "/thread-dump";

    public static void Map(RouteTable table)
    {
        table.Map("GET", "/jobmanager/thread-dump", static (context, _) => WriteOwnAsync(context));
        table.Map("GET", "/taskmanagers/{worker}/thread-dump", WriteOfWorkerAsync);
    }

    /// <summary>Maps the path of the process itself.</summary>
    public static void MapOwn(IEndpointRouteBuilder endpoints) => endpoints.MapMethods(
        OwnPath, [HttpMethods.Get], static context => RestErrors.CatchAsync(context, () => WriteOwnAsync(context)));

    private static async Task WriteOwnAsync(HttpContext context) => await RestJson.WriteAsync(
        context,
        await context.RequestServices.GetRequiredService<ThreadDumper>().TakeAsync(context.RequestAborted).ConfigureAwait(false),
        RestJson.Default.ThreadDumpResponse).ConfigureAwait(false);

    private static async Task WriteOfWorkerAsync(HttpContext context, CoordinatorNode coordinator)
    {
        WorkerInfo worker = ClusterEndpoints.FindWorker(context, coordinator);
        WorkerClient workers = context.RequestServices.GetRequiredService<WorkerClient>();
        await RestJson.WriteAsync(
            context,
            await workers.ThreadsAsync(worker, context.RequestAborted).ConfigureAwait(false),
            RestJson.Default.ThreadDumpResponse).ConfigureAwait(false);
    }
}
