using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using QueryStream.Coordinator;
using QueryStream.Rest.Model;
using QueryStream.Rest.Views;

namespace QueryStream.Rest.Endpoints;

/// <summary>The jobs: lists, details, cancelling, and rescaling.</summary>
internal static class JobEndpoints
{
    public static void Map(RouteTable table)
    {
        table.Map("GET", "/jobs", ListAsync);
        table.Map("GET", "/jobs/overview", OverviewAsync);
        table.Map("GET", "/jobs/{jobid}", (context, coordinator) => RestJson.WriteAsync(
            context, JobViews.DetailsOf(JobIds.Find(context, coordinator), Now(context)), RestJson.Default.JobDetailsResponse));
        table.Map("GET", "/jobs/{jobid}/status", (context, coordinator) => RestJson.WriteAsync(
            context, new JobStatusResponse(States.NameOf(JobIds.Find(context, coordinator).Status)), RestJson.Default.JobStatusResponse));
        table.Map("GET", "/jobs/{jobid}/plan", (context, coordinator) => RestJson.WriteAsync(
            context, new JobPlanResponse(JobViews.PlanOf(JobIds.Find(context, coordinator))), RestJson.Default.JobPlanResponse));
        table.Map("GET", "/jobs/{jobid}/events", (context, coordinator) => RestJson.WriteAsync(
            context, EventViews.Of(JobIds.Find(context, coordinator)), RestJson.Default.JobEventsResponse));
        table.Map("GET", "/jobs/{jobid}/exceptions", ExceptionsAsync);
        table.Map("GET", "/jobs/{jobid}/why", (context, coordinator) => RestJson.WriteAsync(
            context, DiagnosisViews.Of(JobIds.Find(context, coordinator), Now(context)), RestJson.Default.DiagnosisResponse));
        table.Map("PATCH", "/jobs/{jobid}", CancelAsync);
        table.Map("PATCH", "/jobs/{jobid}/rescaling", RescaleAsync);
    }

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private static Task ListAsync(HttpContext context, CoordinatorNode coordinator)
    {
        ClusterOverview overview = coordinator.Overview();
        JobsResponse answer = new(
            [.. overview.Jobs.Concat(overview.EndedJobs).Select(job => new JobIdWithStatus(job.Id.ToString(), States.NameOf(job.Status)))]);
        return RestJson.WriteAsync(context, answer, RestJson.Default.JobsResponse);
    }

    private static Task ExceptionsAsync(HttpContext context, CoordinatorNode coordinator)
    {
        string text = context.Request.Query["maxExceptions"].ToString();
        int max = JobFailure.MaxKept;
        if (text.Length > 0 && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out max) || max == 0))
        {
            throw new RestException(400, $"maxExceptions={text} is not allowed. Allowed: a whole number from 1 on.");
        }

        JobExceptionsResponse answer = ExceptionViews.Of(JobIds.Find(context, coordinator), coordinator.Overview().Workers, max);
        return RestJson.WriteAsync(context, answer, RestJson.Default.JobExceptionsResponse);
    }

    private static Task OverviewAsync(HttpContext context, CoordinatorNode coordinator)
    {
        ClusterOverview overview = coordinator.Overview();
        DateTimeOffset now = Now(context);
        JobsOverviewResponse answer = new([.. overview.Jobs.Concat(overview.EndedJobs).Select(job => JobViews.OverviewOf(job, now))]);
        return RestJson.WriteAsync(context, answer, RestJson.Default.JobsOverviewResponse);
    }

    private static Task CancelAsync(HttpContext context, CoordinatorNode coordinator)
    {
        string mode = context.Request.Query.TryGetValue("mode", out StringValues given) ? given.ToString() : "cancel";
        if (mode != "cancel")
        {
            throw new RestException(400, $"The mode '{mode}' is not allowed. Allowed: cancel. To stop with a savepoint: POST /jobs/ID/stop.");
        }

        JobHandle job = JobIds.Find(context, coordinator);
        if (job.Status is JobStatus.Finished or JobStatus.Failed)
        {
            throw new RestException(
                409, $"Job cancellation failed because the job has already reached another terminal state ({States.NameOf(job.Status)}).");
        }

        ILogger log = context.RequestServices.GetRequiredService<ILogger<RestOptions>>();
        Log.Cancelling(log, job.Name, job.Id);
        _ = job.CancelAsync();
        return RestJson.WriteAsync(context, new EmptyResponse(), RestJson.Default.EmptyResponse, 202);
    }

    // Answered when the job is certain to run at that parallelism; its restart follows.
    private static async Task RescaleAsync(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        string text = context.Request.Query["parallelism"].ToString();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parallelism) || parallelism == 0)
        {
            throw new RestException(400, $"The query needs a parallelism, a whole number of 1 or more, and has '{text}': rescaling?parallelism=4.");
        }

        RescaleResult result = await job.RescaleAsync(parallelism).ConfigureAwait(false);
        if (result.Restarts)
        {
            Log.Rescaling(context.RequestServices.GetRequiredService<ILogger<RestOptions>>(), job.Name, job.Id, parallelism, result.Former);
        }

        RescaleResponse answer = new(result.Former, result.Wanted, result.Restarts);
        await RestJson.WriteAsync(context, answer, RestJson.Default.RescaleResponse, 202).ConfigureAwait(false);
    }
}
