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
    public static void Map(RouteTable table)
    {
        table.Map("GET", "/jars", ListAsync);
        table.Map("POST", "/jars/upload", UploadAsync);
        table.Map("DELETE", "/jars/{jarid}", DeleteAsync);
        table.Map("POST", "/jars/{jarid}/run", RunAsync);
        table.Map("GET", "/jars/{jarid}/plan", PlanAsync);
        table.Map("POST", "/jars/{jarid}/plan", PlanAsync);
    }

    private static Task ListAsync(HttpContext context, CoordinatorNode coordinator)
    {
        IEnumerable<JarFile> files = ListOf(context).Of(coordinator).Reverse().Select(upload => new JarFile(
            upload.Id, upload.Name, Times.Of(upload.UploadedAt), [.. upload.Classes.Select(name => new JarEntry(name))]));
        JarsResponse answer = new($"{context.Request.Scheme}://{context.Request.Host}", [.. files]);
        return RestJson.WriteAsync(context, answer, RestJson.Default.JarsResponse);
    }

    private static async Task UploadAsync(HttpContext context, CoordinatorNode coordinator)
    {
        // A form can be sent by any page in a browser without asking, unlike JSON. Browsers say which page it was.
        string origin = context.Request.Headers.Origin.ToString();
        bool isOwn = Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
            && page.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
        if (origin.Length > 0 && !isOwn)
        {
            throw new RestException(403, $"Pages of '{origin}' may not upload: only those of this coordinator, {context.Request.Host}.");
        }

        Upload upload = await context.RequestServices.GetRequiredService<UploadService>().ReceiveAsync(context, coordinator).ConfigureAwait(false);
        await RestJson.WriteAsync(context, new UploadResponse(upload.Id), RestJson.Default.UploadResponse).ConfigureAwait(false);
    }

    // Its files are deleted later, unless a job needs them.
    private static Task DeleteAsync(HttpContext context, CoordinatorNode coordinator) =>
        ListOf(context).Remove(coordinator, IdOf(context))
            ? RestJson.WriteAsync(context, new EmptyResponse(), RestJson.Default.EmptyResponse)
            : throw Unknown(context);

    private static async Task RunAsync(HttpContext context, CoordinatorNode coordinator) =>
        await SubmitEndpoint.RunAsync(context, coordinator, await ReadAsync(context, coordinator).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task PlanAsync(HttpContext context, CoordinatorNode coordinator)
    {
        SubmitRequest request = await ReadAsync(context, coordinator).ConfigureAwait(false);
        JobSubmission submission = SubmitEndpoint.ToSubmission(context, request).Submission;
        JobGraphBuild build = new(
            context.RequestServices.GetRequiredService<IJobLoader>(), submission.Reference, submission.Settings, submission.Parallelism);

        // The code of the job may be slow.
        await Task.Run(() => build.RunAsync(context.RequestAborted)).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        JobGraph graph = submission.Name is { } name ? build.Graph!.WithName(name) : build.Graph!;

        // As Flink: of no job that there is.
        JobPlanResponse answer = new(JobViews.PlanOf(Guid.NewGuid().ToString("n"), graph.Name, graph));
        await RestJson.WriteAsync(context, answer, RestJson.Default.JobPlanResponse).ConfigureAwait(false);
    }

    private static async Task<SubmitRequest> ReadAsync(HttpContext context, CoordinatorNode coordinator)
    {
        string id = IdOf(context);
        Upload upload = ListOf(context).Of(coordinator).FirstOrDefault(one => one.Id == id) ?? throw Unknown(context);
        RunUploadRequest body = await JsonRequest.ReadAsync(context, RestJson.Default.RunUploadRequest).ConfigureAwait(false);
        return RunArguments.ToSubmission(upload, RunArguments.WithQuery(body, context.Request.Query));
    }

    private static UploadList ListOf(HttpContext context) => context.RequestServices.GetRequiredService<UploadList>();

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["jarid"]!;

    private static RestException Unknown(HttpContext context) => new(
        404,
        $"There is no upload '{IdOf(context)}'. GET /jars lists the last {UploadList.MaxUploads}; a new leader knows none, so upload it again.");
}
