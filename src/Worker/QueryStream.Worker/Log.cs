using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Worker;

/// <summary>What a worker logs: ids 3100 to 3199.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Debug, "Worker {Worker} is registered, slots: {Slots}")]
    public static partial void Registered(ILogger logger, WorkerId worker, int slots);

    [LoggerMessage(3101, LogLevel.Warning, "Worker {Worker} has lost its connection to the coordinator; its tasks go on")]
    public static partial void ConnectionLost(ILogger logger, WorkerId worker);

    [LoggerMessage(3102, LogLevel.Debug, "{Tasks} tasks of job {Job}, attempt {Attempt}, are deployed on {Worker}")]
    public static partial void Deployed(ILogger logger, int tasks, JobId job, Attempt attempt, WorkerId worker);

    [LoggerMessage(3103, LogLevel.Debug, "Job {Job} is to be deployed with attempt {Attempt} on {Worker}, which has that one or a later one; ignored")]
    public static partial void StaleDeployment(ILogger logger, JobId job, Attempt attempt, WorkerId worker);

    [LoggerMessage(3104, LogLevel.Error, "Job {Job}, attempt {Attempt}, cannot be deployed on {Worker}")]
    public static partial void DeploymentRefused(ILogger logger, Exception exception, JobId job, Attempt attempt, WorkerId worker);

    [LoggerMessage(3105, LogLevel.Error, "{Operator} failed in task {Task} of job {Job}, attempt {Attempt}")]
    public static partial void TaskFailed(ILogger logger, Exception exception, string @operator, string task, JobId job, Attempt attempt);

    [LoggerMessage(3106, LogLevel.Critical, "The agent of worker {Worker} threw: a defect. The worker leaves the cluster")]
    public static partial void AgentFailed(ILogger logger, Exception exception, WorkerId worker);

    [LoggerMessage(3107, LogLevel.Warning, "Worker {Worker} has not ended all of its tasks within {Limit}; they are left behind")]
    public static partial void StopTimedOut(ILogger logger, WorkerId worker, TimeSpan limit);
}
