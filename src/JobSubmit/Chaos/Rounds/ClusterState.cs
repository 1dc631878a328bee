using QueryStream.JobSubmit.Chaos.Processes;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>The cluster and its job at one moment, as the coordinator that leads sees them.</summary>
/// <param name="Leader">That coordinator.</param>
/// <param name="Workers">The workers.</param>
/// <param name="Job">The job; null: there is none yet.</param>
/// <param name="Events">What has happened to it, the newest first.</param>
internal sealed record ClusterState(
    Leader Leader, IReadOnlyList<WorkerDetails> Workers, JobDetailsResponse? Job, IReadOnlyList<JobEventDetails> Events)
{
    private const string Running = "RUNNING";

    /// <summary>Looks at the cluster.</summary>
    /// <param name="cluster">Its processes.</param>
    /// <param name="job">The job; null: there is none yet.</param>
    /// <returns>Null: no coordinator leads, or it does not know the job yet.</returns>
    public static async Task<ClusterState?> LookAsync(ClusterProcesses cluster, string? job)
    {
        if (await cluster.FindLeaderAsync() is not { } leader
            || await cluster.TryAskAsync(leader.Client, static (client, stop) => client.WorkersAsync(stop)) is not { } workers)
        {
            return null;
        }

        if (job is null)
        {
            return new ClusterState(leader, workers, Job: null, []);
        }

        return await cluster.TryAskAsync(leader.Client, (client, stop) => client.JobAsync(job, stop)) is { } details
            && await cluster.TryAskAsync(leader.Client, (client, stop) => client.EventsAsync(job, stop)) is { } events
            ? new ClusterState(leader, workers, details, events.Events)
            : null;
    }

    /// <summary>What is still missing before the next fault may come; null: nothing.</summary>
    /// <param name="cluster">The processes.</param>
    public string? Missing(ClusterProcesses cluster)
    {
        if (cluster.All.FirstOrDefault(process => !process.IsRunning) is { } ended)
        {
            return $"{ended.Name} does not run";
        }

        int coordinators = Leader.View.Members.Count(member => member.Status == "Up" && member.Roles.Contains("coordinator"));
        if (coordinators != cluster.Coordinators.Count || Leader.View.Unreachable.Count > 0)
        {
            return FormattableString.Invariant($"{coordinators} coordinators are members, {Leader.View.Unreachable.Count} members are unreachable");
        }

        if (cluster.Workers.FirstOrDefault(process => Workers.All(worker => worker.Id != process.Name)) is { } lost)
        {
            return $"{lost.Name} is not registered";
        }

        return Job is null ? null : MissingOfJob(Job);
    }

    // Also its first output: until then it is not known that the recovery was of use. Another failure may have pushed older events out.
    private string? MissingOfJob(JobDetailsResponse job)
    {
        if (job.State != Running)
        {
            return $"the job is {job.State}{(job.Progress.WaitsFor is { } waits ? $": {waits}" : "")}";
        }

        if (job.Progress.Parallelism != job.Progress.WantedParallelism)
        {
            return FormattableString.Invariant($"the job runs at parallelism {job.Progress.Parallelism} of {job.Progress.WantedParallelism}");
        }

        JobRecoveryDetails? open = Events.Select(happened => happened.Recovery)
            .FirstOrDefault(recovery => recovery is { Restart: > 0, SupersededBy: null }
                && recovery.Phases.All(phase => phase.Name != RecoveryLog.FirstOutput));
        return open is null ? null : FormattableString.Invariant($"restart {open.Restart} has no first output");
    }
}
