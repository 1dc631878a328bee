using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Endpoints;

/// <summary>The cluster and its workers.</summary>
internal static class ClusterEndpoints
{
    private const long RefreshInterval = 3000;

    // Flink's clients read from it which interface this is.
    private static readonly string Version =
        $"1.20-querystream-{typeof(ClusterEndpoints).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version}";

    public static void Map(RouteTable table)
    {
        table.Map("GET", "/overview", OverviewAsync);
        table.Map("GET", "/config", ConfigAsync);
        table.Map("GET", "/taskmanagers", WorkersAsync);
        table.Map("GET", "/taskmanagers/{worker}", WorkerAsync);
    }

    private static Task OverviewAsync(HttpContext context, CoordinatorNode coordinator)
    {
        ClusterOverview overview = coordinator.Overview();
        OverviewResponse answer = new()
        {
            TaskManagers = overview.Workers.Count,
            SlotsTotal = overview.TotalSlots,
            SlotsAvailable = overview.FreeSlots,
            JobsRunning = overview.Jobs.Count,
            JobsFinished = overview.Ended.GetValueOrDefault(JobStatus.Finished),
            JobsCancelled = overview.Ended.GetValueOrDefault(JobStatus.Canceled),
            JobsFailed = overview.Ended.GetValueOrDefault(JobStatus.Failed),
            FlinkVersion = Version,
        };
        return RestJson.WriteAsync(context, answer, RestJson.Default.OverviewResponse);
    }

    private static Task ConfigAsync(HttpContext context, CoordinatorNode coordinator)
    {
        TimeProvider time = context.RequestServices.GetRequiredService<TimeProvider>();
        ConfigResponse answer = new()
        {
            RefreshInterval = RefreshInterval,
            TimeZoneName = time.LocalTimeZone.StandardName,
            TimeZoneOffset = (long)time.LocalTimeZone.GetUtcOffset(time.GetUtcNow()).TotalMilliseconds,
            FlinkVersion = Version,
            Features = new ConfigFeatures { WebCancel = true },
        };
        return RestJson.WriteAsync(context, answer, RestJson.Default.ConfigResponse);
    }

    private static Task WorkersAsync(HttpContext context, CoordinatorNode coordinator) =>
        RestJson.WriteAsync(context, new WorkersResponse([.. coordinator.Overview().Workers.Select(ViewOf)]), RestJson.Default.WorkersResponse);

    private static Task WorkerAsync(HttpContext context, CoordinatorNode coordinator)
    {
        string name = (string)context.Request.RouteValues["worker"]!;
        WorkerInfo worker = coordinator.Overview().Workers.FirstOrDefault(worker => worker.Worker.Name == name)
            ?? throw new RestException(404, $"There is no worker '{name}'. GET /taskmanagers lists those that there are.");
        return RestJson.WriteAsync(context, ViewOf(worker), RestJson.Default.WorkerDetails);
    }

    private static WorkerDetails ViewOf(WorkerInfo worker) => new()
    {
        Id = worker.Worker.Name,
        Path = worker.Address?.ToString() ?? worker.Worker.Name,
        DataPort = worker.Address?.Port ?? -1,
        SlotsNumber = worker.Slots.Count,
        FreeSlots = worker.Slots.Count(slot => slot.IsFree),
        Use = new WorkerUse
        {
            Jobs = [.. worker.Slots.Where(slot => slot.Job is not null).Select(slot => slot.Job!.Value.ToString()).Distinct()],
            Tasks = worker.Slots.Sum(slot => slot.Tasks.Count),
        },
    };
}
