using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Rest;
using QueryStream.Rest.Model;
using QueryStream.Rest.Uploads;
using QueryStream.Web.Access;

namespace QueryStream.Web;

/// <summary>What pages change, after asking whether whoever looks at them may. One for each page.</summary>
/// <param name="leadership">The coordinator.</param>
/// <param name="access">Who it is.</param>
/// <param name="members">The members of the cluster.</param>
/// <param name="uploads">What was uploaded.</param>
/// <param name="log">Where to log.</param>
internal sealed class JobActions(
    ILeadership leadership, PageAccess access, IClusterMembers members, UploadService uploads, ILogger<JobActions> log)
{
    /// <summary>Cancels a job, and does not wait until it has ended.</summary>
    public Task CancelAsync(JobId id)
    {
        JobHandle job = Find(id, "cancelled");
        _ = job.CancelAsync();
        return Task.CompletedTask;
    }

    /// <summary>Takes a savepoint.</summary>
    /// <returns>Its path.</returns>
    public Task<string> SavepointAsync(JobId id, string? directory) => Find(id, "takes a savepoint").TakeSavepointAsync(Given(directory));

    /// <summary>Stops a job with a savepoint.</summary>
    /// <returns>Its path, when it is complete.</returns>
    public Task<string> StopAsync(JobId id, string? directory, bool drain) =>
        Find(id, drain ? "stops with a savepoint, drained" : "stops with a savepoint").StopWithSavepointAsync(Given(directory), drain);

    /// <summary>Lets a job run at another parallelism.</summary>
    public Task<RescaleResult> RescaleAsync(JobId id, int parallelism) =>
        Find(id, FormattableString.Invariant($"runs at parallelism {parallelism}")).RescaleAsync(parallelism);

    /// <summary>Lets a member leave the cluster, or declares it dead.</summary>
    /// <returns>What is being done.</returns>
    /// <exception cref="QueryStreamException">There is no such member.</exception>
    public string ChangeMember(string address, bool down)
    {
        RequireRight();
        Log.MemberChanged(log, address, down ? "declared dead" : "asked to leave");
        return down ? members.Down(address) : members.Leave(address);
    }

    /// <summary>How many bytes an upload may have.</summary>
    public long MaxUploadBytes => uploads.MaxBytes;

    /// <summary>The uploads, the newest first. Whoever sees the page may read them.</summary>
    public IReadOnlyList<Upload> Uploads() => leadership.Leading is { } leader ? uploads.Of(leader) : [];

    /// <summary>Receives the file of a job.</summary>
    public Task<Upload> UploadAsync(string name, Stream content, CancellationToken cancellationToken) =>
        uploads.ReceiveAsync(Leader(), name, content, cancellationToken);

    /// <summary>Forgets an upload.</summary>
    public void DeleteUpload(Upload upload)
    {
        uploads.Remove(Leader(), upload.Id);
        Log.UploadDeleted(log, upload.Id);
    }

    /// <summary>Submits a job of an upload. It is not cancelled when the page is closed: there is another one that does that.</summary>
    /// <returns>Its id, when it has its slots.</returns>
    public async Task<JobId> SubmitAsync(Upload upload, RunUploadRequest request)
    {
        (JobHandle job, _) = await uploads.RunAsync(Leader(), upload.Id, request, CancellationToken.None);
        Log.JobChanged(log, job.Name, job.Id, "submitted");
        return job.Id;
    }

    private static string? Given(string? directory) => string.IsNullOrWhiteSpace(directory) ? null : directory.Trim();

    private JobHandle Find(JobId id, string action)
    {
        JobHandle job = Leader().Find(id) ?? throw new ActionRefusedException($"There is no job {id} any more.");
        Log.JobChanged(log, job.Name, id, action);
        return job;
    }

    private CoordinatorNode Leader()
    {
        RequireRight();
        return leadership.Leading ?? throw ActionRefusedException.NotLeading();
    }

    private void RequireRight()
    {
        if (!access.MayChange)
        {
            throw new ActionRefusedException(
                access.IsReadOnly ? "These pages are read-only (web.read-only)." : "Sign in before you change something.");
        }
    }
}

/// <summary>A page may not change something.</summary>
/// <param name="message">Why, and what to do.</param>
internal sealed class ActionRefusedException(string message) : QueryStreamException(message)
{
    /// <summary>The coordinator of the page has lost its leadership.</summary>
    public static ActionRefusedException NotLeading() => new("This coordinator does not lead any more. Load the page again.");

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ServiceRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
