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
        foreach (string name in (string[])["log", "stdout"])
        {
            table.MapOther(
                Lines($"/jobmanager/{name}", "The last lines that the coordinator has logged."), static (context, _) => WriteOwnAsync(context));
            table.MapOther(Lines($"/taskmanagers/{{worker}}/{name}", "The last lines that a worker has logged."), WriteOfWorkerAsync);
        }

        table.Get("/jobmanager/logs", "A list with the one log of the coordinator.", static (context, _) => ListOwn(context));
        table.MapOther(Lines("/jobmanager/logs/{name}", "A log of the coordinator by its name."), static (context, _) =>
        {
            RequireName(context, CoordinatorLog);
            return WriteOwnAsync(context);
        });
        table.Map(new RestRoute("GET", "/taskmanagers/{worker}/logs", "A list with the one log of a worker."), ListOfWorkerAsync);
        table.MapOther(Lines("/taskmanagers/{worker}/logs/{name}", "A log of a worker by its name."), static (context, coordinator) =>
        {
            RequireName(context, WorkerLog);
            return WriteOfWorkerAsync(context, coordinator);
        });
    }

    private static RestRoute Lines(string path, string summary) => new("GET", path, summary)
    {
        Answer = RouteContent.Text,
        Query = [new QueryParameter("lines", "Only so many lines.", "integer")],
    };

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

    private static LogsResponse ListOwn(HttpContext context)
    {
        RecentLog log = OwnOf(context);
        return new LogsResponse([new LogDetails(CoordinatorLog, log.Size, log.WrittenAt.ToUnixTimeMilliseconds())]);
    }

    private static async Task<LogsResponse> ListOfWorkerAsync(HttpContext context, CoordinatorNode coordinator)
    {
        WorkerInfo worker = ClusterEndpoints.FindWorker(context, coordinator);
        (long size, DateTimeOffset writtenAt) = await WorkersOf(context).DescribeAsync(worker, context.RequestAborted).ConfigureAwait(false);
        return new LogsResponse([new LogDetails(WorkerLog, size, writtenAt.ToUnixTimeMilliseconds())]);
    }

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
