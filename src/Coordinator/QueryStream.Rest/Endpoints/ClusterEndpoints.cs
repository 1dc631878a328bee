using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest.Model;
using QueryStream.Rest.Views;

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
        table.Get("/overview", "Numbers of workers, slots and jobs.", OverviewOf);
        table.Get("/config", "What a web page needs to know.", ConfigOf);
        table.Get(
            "/taskmanagers",
            "The workers: slots, processors, heap, and when they have last reported.",
            (_, coordinator) => new WorkersResponse([.. coordinator.Overview().Workers.Select(WorkerViews.Of)]));
        table.Get(
            "/taskmanagers/{worker}",
            "A worker, its allocated slots, and what its process uses.",
            (context, coordinator) => WorkerViews.DetailsOf(FindWorker(context, coordinator)));
    }

    private static OverviewResponse OverviewOf(HttpContext context, CoordinatorNode coordinator)
    {
        ClusterOverview overview = coordinator.Overview();
        return new OverviewResponse
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
    }

    private static ConfigResponse ConfigOf(HttpContext context, CoordinatorNode coordinator)
    {
        TimeProvider time = context.RequestServices.GetRequiredService<TimeProvider>();
        return new ConfigResponse
        {
            RefreshInterval = RefreshInterval,
            TimeZoneName = time.LocalTimeZone.StandardName,
            TimeZoneOffset = (long)time.LocalTimeZone.GetUtcOffset(time.GetUtcNow()).TotalMilliseconds,
            FlinkVersion = Version,
            Features = new ConfigFeatures { WebSubmit = true, WebCancel = true, WebRescale = true },
        };
    }

    /// <summary>The worker that a path names.</summary>
    /// <exception cref="RestException">There is none of that name.</exception>
    public static WorkerInfo FindWorker(HttpContext context, CoordinatorNode coordinator)
    {
        string name = (string)context.Request.RouteValues["worker"]!;
        IReadOnlyList<WorkerInfo> workers = coordinator.Overview().Workers;
        if (workers.FirstOrDefault(worker => worker.Worker.Name == name) is { } found)
        {
            return found;
        }

        string meant = workers.Count == 0 ? "No worker is registered."
            : $"Is '{NearestName.Of(name, workers.Select(worker => worker.Worker.Name))}' meant? GET /taskmanagers lists those that there are.";
        throw new RestException(404, $"There is no worker '{name}'. {meant}");
    }
}
