using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Rest.Model;
using QueryStream.Streams.Settings;

namespace QueryStream.Rest.Endpoints;

/// <summary>Submits jobs. Their files were sent before, see <see cref="BlobEndpoints"/>.</summary>
internal static class SubmitEndpoint
{
    /// <summary>Flink's key of <see cref="RestOptions.DefaultParallelism"/>.</summary>
    public const string ParallelismKey = "parallelism.default";

    private const int MaxParallelism = 32_768;
    private const int MaxName = 1_000;

    public static void Map(RouteTable table) => table.Map("POST", "/jobs", SubmitAsync);

    // A client that goes away before it has the answer does not know the job, so its request is cancelled, and the job with it.
    private static async Task SubmitAsync(HttpContext context, CoordinatorNode coordinator)
    {
        SubmitRequest request = await JsonRequest.ReadAsync(context, RestJson.Default.SubmitRequest).ConfigureAwait(false);
        (JobSubmission submission, ContentHash bundle) = ToSubmission(
            request,
            context.RequestServices.GetRequiredService<RestOptions>(),
            context.RequestServices.GetService<JobDefaults>() ?? JobDefaults.None);

        // Before the job is known, so that its files are not deleted until it is.
        _ = await context.RequestServices.GetRequiredService<BlobStore>().UseAsync(bundle, context.RequestAborted).ConfigureAwait(false);
        (JobHandle job, bool isNew) = request.IfAbsent
            ? await coordinator.SubmitIfAbsentAsync(submission, context.RequestAborted).ConfigureAwait(false)
            : (await coordinator.SubmitAsync(submission, context.RequestAborted).ConfigureAwait(false), true);
        if (isNew)
        {
            ILogger log = context.RequestServices.GetRequiredService<ILogger<RestOptions>>();
            Log.Submitted(log, job.Name, job.Id, submission.Reference.TypeName, bundle);
        }

        SubmitResponse answer = new(job.Id.ToString()) { Created = isNew };
        await RestJson.WriteAsync(context, answer, RestJson.Default.SubmitResponse).ConfigureAwait(false);
    }

    private static (JobSubmission Submission, ContentHash Bundle) ToSubmission(SubmitRequest request, RestOptions options, JobDefaults defaults)
    {
        if (!ContentHash.TryParse(request.Bundle, out ContentHash bundle))
        {
            throw new RestException(400, $"The field 'bundle' must be the hash of a bundle, 64 hexadecimal digits, and is '{request.Bundle}'.");
        }

        if (string.IsNullOrWhiteSpace(request.EntryClass))
        {
            throw new RestException(400, "The field 'entryClass' is missing: the class of the job.");
        }

        if (request.Name is { } name && (name.Trim().Length == 0 || name.Length > MaxName || name.Any(char.IsControl)))
        {
            throw new RestException(400, $"The field 'name' must have 1 to {MaxName} characters that can be printed.");
        }

        Dictionary<string, string> engine = new(request.FlinkConfiguration ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        int parallelism = ParallelismOf(request, engine, options);
        JobReference reference = new(bundle.ToString(), request.EntryClass);
        JobSettings settings = new(request.Settings ?? new Dictionary<string, string>());
        return (new JobSubmission(reference, settings, parallelism)
        {
            Name = request.Name,
            Options = ExecutionOptions.Parse(defaults.Under(engine)),
            Restore = string.IsNullOrEmpty(request.SavepointPath) ? null : request.SavepointPath,
            AllowNonRestoredState = request.AllowNonRestoredState,
        }, bundle);
    }

    // Takes Flink's key out of the engine's settings, which have none of that name.
    private static int ParallelismOf(SubmitRequest request, Dictionary<string, string> engine, RestOptions options)
    {
        bool isConfigured = engine.Remove(ParallelismKey, out string? text);
        int configured = options.DefaultParallelism;
        if (isConfigured && !SettingValue.TryParse(text!, out configured))
        {
            throw new SettingException(ParallelismKey, $"'{text}' is not allowed. Allowed: a whole number, 1 to {MaxParallelism}.");
        }

        int parallelism = request.Parallelism ?? configured;
        return parallelism is >= 1 and <= MaxParallelism
            ? parallelism
            : throw new SettingException("parallelism", $"{parallelism} is not allowed. Allowed: 1 to {MaxParallelism}.");
    }
}
