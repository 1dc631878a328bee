using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>What the coordinator logs: ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Worker {Worker} has joined, slots: {Slots}")]
    public static partial void WorkerRegistered(ILogger logger, WorkerId worker, int slots);

    [LoggerMessage(3001, LogLevel.Warning, "Worker {Worker} is lost: its connection broke")]
    public static partial void WorkerLost(ILogger logger, WorkerId worker);

    [LoggerMessage(3002, LogLevel.Debug, "Worker {Worker} has left")]
    public static partial void WorkerLeft(ILogger logger, WorkerId worker);

    [LoggerMessage(
        3003,
        LogLevel.Warning,
        "Worker {Worker} with {Slots} slots is refused: it offers no slot, or this connection has already registered a worker")]
    public static partial void RegistrationRefused(ILogger logger, WorkerId worker, int slots);

    [LoggerMessage(3004, LogLevel.Critical, "The cluster's master threw, which is a bug in QueryStream. All jobs fail")]
    public static partial void ClusterMasterFailed(ILogger logger, Exception exception);

    [LoggerMessage(3010, LogLevel.Debug, "Job {Job} changes from {From} to {To}")]
    public static partial void StatusChanged(ILogger logger, JobId job, JobStatus from, JobStatus to);

    [LoggerMessage(3011, LogLevel.Information, "Deploying job '{Name}' ({Job}), tasks: {Tasks}, workers: {Workers}")]
    public static partial void GraphDeployed(ILogger logger, string name, JobId job, int tasks, int workers);

    [LoggerMessage(3012, LogLevel.Information, "✓ Streaming job started successfully: '{Name}' ({Job})")]
    public static partial void JobStarted(ILogger logger, string name, JobId job);

    [LoggerMessage(3013, LogLevel.Information, "Job '{Name}' ({Job}) has ended: {Status}")]
    public static partial void JobEnded(ILogger logger, string name, JobId job, JobStatus status);

    [LoggerMessage(3014, LogLevel.Error, "Job '{Name}' ({Job}) has failed")]
    public static partial void JobFailed(ILogger logger, Exception exception, string name, JobId job);

    [LoggerMessage(3015, LogLevel.Debug, "Job {Job} is already {Status}; ignored a further failure: {Problem}")]
    public static partial void FurtherFailure(ILogger logger, JobId job, JobStatus status, string problem);

    [LoggerMessage(3016, LogLevel.Debug, "Ignored a report of worker {Worker} about job {Job}: attempt {Attempt} is not the current one")]
    public static partial void StaleReport(ILogger logger, WorkerId worker, JobId job, Attempt attempt);

    [LoggerMessage(3017, LogLevel.Critical, "The master of job {Job} threw, which is a bug in QueryStream. The job fails")]
    public static partial void MasterFailed(ILogger logger, Exception exception, JobId job);

    [LoggerMessage(3019, LogLevel.Warning, "Job '{Name}': {Warning}")]
    public static partial void JobWarning(ILogger logger, string name, string warning);

    [LoggerMessage(3018, LogLevel.Warning, "Jobs were still running {Limit} after they were cancelled; stopping without them")]
    public static partial void StopTimedOut(ILogger logger, TimeSpan limit);
}
