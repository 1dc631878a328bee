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
    private const string MaxExceptions = "maxExceptions";

    public static void Map(RouteTable table)
    {
        table.Get("/jobs", "Ids and states of jobs.", ListOf);
        table.Get(
            "/jobs/overview",
            $"A row for each job that has not ended, and for the last {ClusterOverview.MaxEndedJobs} that have.",
            OverviewOf);
        table.Get(
            "/jobs/{jobid}",
            "A job: its vertices with what has passed them, its plan and its times.",
            (context, coordinator) => JobViews.DetailsOf(JobIds.Find(context, coordinator), Now(context)));
        table.Get(
            "/jobs/{jobid}/status",
            "The state of a job.",
            (context, coordinator) => new JobStatusResponse(States.NameOf(JobIds.Find(context, coordinator).Status)));
        table.Get(
            "/jobs/{jobid}/plan",
            "The graph of a job.",
            (context, coordinator) => new JobPlanResponse(JobViews.PlanOf(JobIds.Find(context, coordinator))));
        table.Get(
            "/jobs/{jobid}/events",
            "What has happened to a job, the newest first.",
            (context, coordinator) => EventViews.Of(JobIds.Find(context, coordinator)));
        table.Get(
            "/jobs/{jobid}/exceptions",
            $"The last {JobFailure.MaxKept} failures of a job, the newest first.",
            ExceptionsOf,
            new QueryParameter(MaxExceptions, "How many of them.", "integer"));
        table.Get(
            "/jobs/{jobid}/why",
            "What holds the output of a job back, the most likely first.",
            (context, coordinator) => DiagnosisViews.Of(JobIds.Find(context, coordinator), Now(context)));
        table.Map(
            new RestRoute("PATCH", "/jobs/{jobid}", "Cancels a job.")
            {
                Status = 202,
                Query = [new QueryParameter("mode", "Only cancel, which is the default.")],
            },
            CancelAsync);
        table.Map(
            new RestRoute("PATCH", "/jobs/{jobid}/rescaling", "Lets a job run at another parallelism; answered when it is certain to.")
            {
                Status = 202,
                Query = [new QueryParameter("parallelism", "The parallelism, from 1 on.", "integer") { IsRequired = true }],
            },
            RescaleAsync);
    }

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private static JobsResponse ListOf(HttpContext context, CoordinatorNode coordinator)
    {
        ClusterOverview overview = coordinator.Overview();
        return new JobsResponse(
            [.. overview.Jobs.Concat(overview.EndedJobs).Select(job => new JobIdWithStatus(job.Id.ToString(), States.NameOf(job.Status)))]);
    }

    private static JobExceptionsResponse ExceptionsOf(HttpContext context, CoordinatorNode coordinator)
    {
        string text = context.Request.Query[MaxExceptions].ToString();
        int max = JobFailure.MaxKept;
        if (text.Length > 0 && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out max) || max == 0))
        {
            throw new RestException(400, $"{MaxExceptions}={text} is not allowed. Allowed: a whole number from 1 on.");
        }

        return ExceptionViews.Of(JobIds.Find(context, coordinator), coordinator.Overview().Workers, max);
    }

    private static JobsOverviewResponse OverviewOf(HttpContext context, CoordinatorNode coordinator)
    {
        ClusterOverview overview = coordinator.Overview();
        DateTimeOffset now = Now(context);
        return new JobsOverviewResponse([.. overview.Jobs.Concat(overview.EndedJobs).Select(job => JobViews.OverviewOf(job, now))]);
    }

    private static Task<EmptyResponse> CancelAsync(HttpContext context, CoordinatorNode coordinator)
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
        return Task.FromResult(new EmptyResponse());
    }

    // Answered when the job is certain to run at that parallelism; its restart follows.
    private static async Task<RescaleResponse> RescaleAsync(HttpContext context, CoordinatorNode coordinator)
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

        return new RescaleResponse(result.Former, result.Wanted, result.Restarts);
    }
}
