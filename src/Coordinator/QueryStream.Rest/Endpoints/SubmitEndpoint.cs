using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Rest.Model;
using QueryStream.Rest.Submissions;

namespace QueryStream.Rest.Endpoints;

/// <summary>Submits jobs. Their files were sent before, see <see cref="BlobEndpoints"/>.</summary>
internal static class SubmitEndpoint
{
    public static void Map(RouteTable table) => table.Map(
        new RestRoute("POST", "/jobs", "Submits a job whose files were sent before.") { Body = RouteContent.Json<SubmitRequest>() }, SubmitAsync);

    // A client that goes away before it has the answer does not know the job, so its request is cancelled, and the job with it.
    private static async Task<SubmitResponse> SubmitAsync(HttpContext context, CoordinatorNode coordinator)
    {
        SubmitRequest request = await JsonRequest.ReadAsync(context, RestJson.Default.SubmitRequest).ConfigureAwait(false);
        SubmissionService submissions = context.RequestServices.GetRequiredService<SubmissionService>();
        (JobHandle job, bool isNew) = await submissions.RunAsync(coordinator, request, context.RequestAborted).ConfigureAwait(false);
        return new SubmitResponse(job.Id.ToString()) { Created = isNew };
    }
}
