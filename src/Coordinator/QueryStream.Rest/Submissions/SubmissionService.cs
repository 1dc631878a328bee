using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Rest.Model;
using QueryStream.Streams.Settings;

namespace QueryStream.Rest.Submissions;

/// <summary>Checks what is asked for, and submits jobs. Safe on any thread.</summary>
/// <param name="options">The defaults of requests.</param>
/// <param name="defaults">The defaults of the engine's settings.</param>
/// <param name="store">The blobs.</param>
/// <param name="log">Where to log.</param>
internal sealed class SubmissionService(RestOptions options, JobDefaults defaults, BlobStore store, ILogger<RestOptions> log)
{
    private const int MaxParallelism = 32_768;
    private const int MaxName = 1_000;

    /// <summary>Submits a job.</summary>
    /// <returns>The job, and whether it was started by this request.</returns>
    /// <exception cref="QueryStreamException">The request is wrong, or the job cannot be started.</exception>
    public async Task<(JobHandle Job, bool IsNew)> RunAsync(CoordinatorNode leader, SubmitRequest request, CancellationToken cancellationToken)
    {
        (JobSubmission submission, ContentHash bundle) = Check(request);

        // Before the job is known, so that its files are not deleted until it is.
        _ = await store.UseAsync(bundle, cancellationToken).ConfigureAwait(false);
        (JobHandle job, bool isNew) = request.IfAbsent
            ? await leader.SubmitIfAbsentAsync(submission, cancellationToken).ConfigureAwait(false)
            : (await leader.SubmitAsync(submission, cancellationToken).ConfigureAwait(false), true);
        if (isNew)
        {
            Log.Submitted(log, job.Name, job.Id, submission.Reference.TypeName, bundle);
        }

        return (job, isNew);
    }

    /// <summary>What a request asks for, with the defaults of the cluster.</summary>
    /// <exception cref="QueryStreamException">A field or a setting of the engine is wrong.</exception>
    public (JobSubmission Submission, ContentHash Bundle) Check(SubmitRequest request)
    {
        if (!ContentHash.TryParse(request.Bundle, out ContentHash bundle))
        {
            throw new RestException(400, $"The field 'bundle' must be the hash of a bundle, 64 hexadecimal digits, and is '{request.Bundle}'.");
        }

        if (string.IsNullOrWhiteSpace(request.EntryClass))
        {
            throw new RestException(400, "The field 'entryClass' is missing: the class of the job.") { Field = "entryClass" };
        }

        if (request.Name is { } name && (name.Trim().Length == 0 || name.Length > MaxName || name.Any(char.IsControl)))
        {
            throw new RestException(400, $"The field 'name' must have 1 to {MaxName} characters that can be printed.") { Field = "name" };
        }

        Dictionary<string, string> engine = new(request.FlinkConfiguration ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        int parallelism = ParallelismOf(request, engine);
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
    private int ParallelismOf(SubmitRequest request, Dictionary<string, string> engine)
    {
        bool isConfigured = engine.Remove(RestOptions.ParallelismKey, out string? text);
        int configured = options.DefaultParallelism;
        if (isConfigured && !SettingValue.TryParse(text!, out configured))
        {
            throw new SettingException(RestOptions.ParallelismKey, $"'{text}' is not allowed. Allowed: a whole number, 1 to {MaxParallelism}.");
        }

        int parallelism = request.Parallelism ?? configured;
        return parallelism is >= 1 and <= MaxParallelism
            ? parallelism
            : throw new SettingException("parallelism", $"{parallelism} is not allowed. Allowed: 1 to {MaxParallelism}.");
    }
}
