using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Hosting;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Endpoints;

/// <summary>The last lines that coordinator and workers have logged.</summary>
internal static class LogEndpoints
{
    /// <summary>The path at which every process serves its own lines.</summary>
    public const string OwnPath = "/log";

    // There are no files. Flink's page asks for a log by the name that the list has.
    private const string CoordinatorLog = "coordinator.log";
    private const string WorkerLog = "worker.log";

    public static void Map(RouteTable table)
    {
        // What a process writes to its console is its log.
        table.Map("GET", "/jobmanager/log", static (context, _) => WriteOwnAsync(context));
        table.Map("GET", "/jobmanager/stdout", static (context, _) => WriteOwnAsync(context));
        table.Map("GET", "/jobmanager/logs", static (context, _) => ListOwnAsync(context));
        table.Map("GET", "/jobmanager/logs/{name}", static (context, _) =>
        {
            RequireName(context, CoordinatorLog);
            return WriteOwnAsync(context);
        });
        table.Map("GET", "/taskmanagers/{worker}/log", WriteOfWorkerAsync);
        table.Map("GET", "/taskmanagers/{worker}/stdout", WriteOfWorkerAsync);
        table.Map("GET", "/taskmanagers/{worker}/logs", ListOfWorkerAsync);
        table.Map("GET", "/taskmanagers/{worker}/logs/{name}", static (context, coordinator) =>
        {
            RequireName(context, WorkerLog);
            return WriteOfWorkerAsync(context, coordinator);
        });
    }

    /// <summary>Maps the path of the process itself.</summary>
    public static void MapOwn(IEndpointRouteBuilder endpoints) => endpoints.MapMethods(
        OwnPath, [HttpMethods.Get, HttpMethods.Head], static context => RestErrors.CatchAsync(context, () => WriteOwnAsync(context)));

    private static RecentLog OwnOf(HttpContext context) => context.RequestServices.GetRequiredService<RecentLog>();

    private static WorkerClient WorkersOf(HttpContext context) => context.RequestServices.GetRequiredService<WorkerClient>();

    private static Task WriteOwnAsync(HttpContext context)
    {
        RecentLog log = OwnOf(context);
        context.Response.GetTypedHeaders().LastModified = log.WrittenAt;
        return WriteAsync(context, log.Tail(LinesOf(context)));
    }

    private static async Task WriteOfWorkerAsync(HttpContext context, CoordinatorNode coordinator)
    {
        WorkerInfo worker = ClusterEndpoints.FindWorker(context, coordinator);
        await WriteAsync(context, await WorkersOf(context).ReadAsync(worker, LinesOf(context), context.RequestAborted).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    // Also a range of it.
    private static Task WriteAsync(HttpContext context, byte[] text) =>
        Results.Bytes(text, "text/plain; charset=UTF-8", enableRangeProcessing: true).ExecuteAsync(context);

    private static Task ListOwnAsync(HttpContext context)
    {
        RecentLog log = OwnOf(context);
        return ListAsync(context, new LogDetails(CoordinatorLog, log.Size, log.WrittenAt.ToUnixTimeMilliseconds()));
    }

    private static async Task ListOfWorkerAsync(HttpContext context, CoordinatorNode coordinator)
    {
        WorkerInfo worker = ClusterEndpoints.FindWorker(context, coordinator);
        (long size, DateTimeOffset writtenAt) = await WorkersOf(context).DescribeAsync(worker, context.RequestAborted).ConfigureAwait(false);
        await ListAsync(context, new LogDetails(WorkerLog, size, writtenAt.ToUnixTimeMilliseconds())).ConfigureAwait(false);
    }

    private static Task ListAsync(HttpContext context, LogDetails log) =>
        RestJson.WriteAsync(context, new LogsResponse([log]), RestJson.Default.LogsResponse);

    private static void RequireName(HttpContext context, string name)
    {
        if (context.Request.RouteValues["name"] is string asked && asked != name)
        {
            throw new RestException(404, $"There is no log '{asked}'. There is: {name}.");
        }
    }

    // Ours: Flink's clients ask for the whole log.
    private static int LinesOf(HttpContext context)
    {
        if (context.Request.Query["lines"].ToString() is not { Length: > 0 } text)
        {
            return int.MaxValue;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lines) && lines > 0
            ? lines
            : throw new RestException(400, $"lines={text} is not allowed. Allowed: a number from 1 on.");
    }
}
