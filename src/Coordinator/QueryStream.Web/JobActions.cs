using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Rest;
using QueryStream.Web.Access;

namespace QueryStream.Web;

/// <summary>What pages change, after asking whether whoever looks at them may. One for each page.</summary>
/// <param name="leadership">The coordinator.</param>
/// <param name="access">Who it is.</param>
/// <param name="members">The members of the cluster.</param>
/// <param name="log">Where to log.</param>
internal sealed class JobActions(ILeadership leadership, PageAccess access, IClusterMembers members, ILogger<JobActions> log)
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
    /// <returns>What is being done, or why not.</returns>
    public string ChangeMember(string address, bool down)
    {
        RequireRight();
        Log.MemberChanged(log, address, down ? "declared dead" : "asked to leave");
        return down ? members.Down(address) : members.Leave(address);
    }

    private static string? Given(string? directory) => string.IsNullOrWhiteSpace(directory) ? null : directory.Trim();

    private JobHandle Find(JobId id, string action)
    {
        RequireRight();
        CoordinatorNode node = leadership.Leading
            ?? throw new ActionRefusedException("This coordinator does not lead any more. Load the page again.");
        JobHandle job = node.Find(id) ?? throw new ActionRefusedException($"There is no job {id} any more.");
        Log.JobChanged(log, job.Name, id, action);
        return job;
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
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ServiceRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
