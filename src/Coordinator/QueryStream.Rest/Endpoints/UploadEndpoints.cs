using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Rest.Model;
using QueryStream.Rest.Uploads;
using QueryStream.Rest.Views;
using QueryStream.Streams;
using QueryStream.Streams.Graph;

namespace QueryStream.Rest.Endpoints;

/// <summary>Uploads of jobs, as Flink has them for jars: a browser sends one file, and runs a class of it.</summary>
internal static class UploadEndpoints
{
    private static readonly QueryParameter[] RunQuery =
    [
        new("entry-class", "As entryClass of the body, where that has none. So are the others."),
        new("program-args", "As programArgs."),
        new("programArg", "As programArgsList, separated by commas."),
        new("parallelism", "As in the body.", "integer"),
        new("savepointPath", "As in the body."),
        new("allowNonRestoredState", "As in the body.", "boolean"),
    ];

    public static void Map(RouteTable table)
    {
        table.Get("/jars", $"The last {UploadList.MaxUploads} uploads, the newest first, with their classes.", ListOf);
        table.Map(
            new RestRoute("POST", "/jars/upload", "Uploads the .dll of a job, or a .zip of what dotnet publish writes.")
            {
                Body = RouteContent.Upload,
            },
            UploadAsync);
        table.Map(new RestRoute("DELETE", "/jars/{jarid}", "Forgets an upload."), DeleteAsync);
        table.Map(
            new RestRoute("POST", "/jars/{jarid}/run", "Submits a job of an upload.")
            {
                Body = RouteContent.Json<RunUploadRequest>(),
                Query = RunQuery,
            },
            RunAsync);
        RestRoute plan = new("GET", "/jars/{jarid}/plan", "The graph of a job of an upload, which is not started.") { Query = RunQuery };
        table.Map(plan, PlanAsync);
        table.Map(plan with { Method = "POST", Body = RouteContent.Json<RunUploadRequest>() }, PlanAsync);
    }

    private static JarsResponse ListOf(HttpContext context, CoordinatorNode coordinator) => new(
        $"{context.Request.Scheme}://{context.Request.Host}",
        [
            .. UploadsOf(context).Of(coordinator).Select(upload => new JarFile(
                upload.Id, upload.Name, Times.Of(upload.UploadedAt), [.. upload.Classes.Select(name => new JarEntry(name))])),
        ]);

    private static async Task<UploadResponse> UploadAsync(HttpContext context, CoordinatorNode coordinator)
    {
        // A form can be sent by any page in a browser without asking, unlike JSON. Browsers say which page it was.
        string origin = context.Request.Headers.Origin.ToString();
        bool isOwn = Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
            && page.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
        if (origin.Length > 0 && !isOwn)
        {
            throw new RestException(403, $"Pages of '{origin}' may not upload: only those of this coordinator, {context.Request.Host}.");
        }

        UploadService uploads = UploadsOf(context);
        Upload upload = await uploads.ReceiveAsync(
            coordinator,
            (folder, cancellation) => UploadReceiver.ReceiveAsync(context, folder, uploads.MaxBytes, cancellation),
            context.RequestAborted).ConfigureAwait(false);
        return new UploadResponse(upload.Id);
    }

    private static Task<EmptyResponse> DeleteAsync(HttpContext context, CoordinatorNode coordinator)
    {
        UploadsOf(context).Remove(coordinator, IdOf(context));
        return Task.FromResult(new EmptyResponse());
    }

    private static async Task<SubmitResponse> RunAsync(HttpContext context, CoordinatorNode coordinator)
    {
        RunUploadRequest request = await ReadAsync(context).ConfigureAwait(false);
        (JobHandle job, bool isNew) = await UploadsOf(context).RunAsync(coordinator, IdOf(context), request, context.RequestAborted)
            .ConfigureAwait(false);
        return new SubmitResponse(job.Id.ToString()) { Created = isNew };
    }

    private static async Task<JobPlanResponse> PlanAsync(HttpContext context, CoordinatorNode coordinator)
    {
        RunUploadRequest request = await ReadAsync(context).ConfigureAwait(false);
        JobSubmission submission = UploadsOf(context).Check(coordinator, IdOf(context), request);
        JobGraphBuild build = new(
            context.RequestServices.GetRequiredService<IJobLoader>(), submission.Reference, submission.Settings, submission.Parallelism);

        // The code of the job may be slow.
        await Task.Run(() => build.RunAsync(context.RequestAborted)).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        JobGraph graph = submission.Name is { } name ? build.Graph!.WithName(name) : build.Graph!;

        // As Flink: of no job that there is.
        return new JobPlanResponse(JobViews.PlanOf(Guid.NewGuid().ToString("n"), graph.Name, graph));
    }

    private static async Task<RunUploadRequest> ReadAsync(HttpContext context) => RunArguments.WithQuery(
        await JsonRequest.ReadAsync(context, RestJson.Default.RunUploadRequest).ConfigureAwait(false), context.Request.Query);

    private static UploadService UploadsOf(HttpContext context) => context.RequestServices.GetRequiredService<UploadService>();

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["jarid"]!;
}
