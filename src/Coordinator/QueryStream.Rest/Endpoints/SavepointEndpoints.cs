using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Endpoints;

/// <summary>Savepoints, and stopping with one.</summary>
internal static class SavepointEndpoints
{
    public static void Map(RouteTable table)
    {
        table.Map(
            new RestRoute("POST", "/jobs/{jobid}/savepoints", "Takes a savepoint.") { Status = 202, Body = RouteContent.Json<SavepointRequest>() },
            TriggerAsync);
        table.Map(
            new RestRoute("POST", "/jobs/{jobid}/stop", "Stops a job with a savepoint.") { Status = 202, Body = RouteContent.Json<StopRequest>() },
            StopAsync);
        table.Map(new RestRoute("GET", "/jobs/{jobid}/savepoints/{triggerid}", "Whether a savepoint is complete, and where it is."), StatusAsync);
    }

    private static async Task<TriggerResponse> TriggerAsync(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        SavepointRequest request = await JsonRequest.ReadAsync(context, RestJson.Default.SavepointRequest).ConfigureAwait(false);
        if (request.CancelJob)
        {
            throw new RestException(400, "'cancel-job' must be false: to take a savepoint and end the job, POST /jobs/ID/stop.");
        }

        string? directory = DirectoryOf(job, request.TargetDirectory, "target-directory");
        return Start(context, job, request.FormatType, request.TriggerId, () => job.TakeSavepointAsync(directory));
    }

    private static async Task<TriggerResponse> StopAsync(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        StopRequest request = await JsonRequest.ReadAsync(context, RestJson.Default.StopRequest).ConfigureAwait(false);
        string? directory = DirectoryOf(job, request.TargetDirectory, "targetDirectory");
        return Start(context, job, request.FormatType, request.TriggerId, () => job.StopWithSavepointAsync(directory, request.Drain));
    }

    private static Task<SavepointStatusResponse> StatusAsync(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        string trigger = (string)context.Request.RouteValues["triggerid"]!;
        Task<string> operation = context.RequestServices.GetRequiredService<SavepointOperations>().FindAsync(job.Id, trigger)
            ?? throw new RestException(404, $"There is no savepoint operation with triggerId={trigger} for job {job.Id}.");
        return AnswerAsync(operation, withLocation: true);
    }

    /// <summary>Answers how an operation goes on.</summary>
    public static async Task<SavepointStatusResponse> AnswerAsync(Task<string> operation, bool withLocation)
    {
        if (!operation.IsCompleted)
        {
            return new SavepointStatusResponse(new OperationStatus("IN_PROGRESS"), null);
        }

        SavepointResult result = operation.Exception?.InnerException is { } failure
            ? new SavepointResult { FailureCause = FailureCause.Of(failure) }
            : new SavepointResult { Location = withLocation ? await operation.ConfigureAwait(false) : null };
        return new SavepointStatusResponse(new OperationStatus("COMPLETED"), result);
    }

    private static string? DirectoryOf(JobHandle job, string? directory, string field) =>
        !string.IsNullOrEmpty(directory) ? directory
        : job.Submission.Options.Checkpoints.SavepointDirectory.Length > 0 ? null
        : throw new RestException(
            400, $"The job has no {CheckpointSettings.SavepointDirectoryName}, so '{field}' must name a directory: file:///PATH.");

    private static TriggerResponse Start(HttpContext context, JobHandle job, string? format, string? given, Func<Task<string>> start)
    {
        if (format is not (null or "CANONICAL"))
        {
            throw new RestException(400, $"The format '{format}' is not allowed. Allowed: CANONICAL.");
        }

        if (given is not null && !JobIds.TryParse(given, out _))
        {
            throw new RestException(400, $"'triggerId' must have 32 hexadecimal digits, and is '{given}'.");
        }

        string trigger = given ?? Guid.NewGuid().ToString("n");
        context.RequestServices.GetRequiredService<SavepointOperations>().Start(job.Id, trigger, start);
        return new TriggerResponse(trigger);
    }
}
