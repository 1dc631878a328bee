using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Worker;

/// <summary>What a worker logs: ids 3100 to 3199.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Debug, "Worker {Worker} is registered, slots: {Slots}")]
    public static partial void Registered(ILogger logger, WorkerId worker, int slots);

    [LoggerMessage(3101, LogLevel.Warning, "Worker {Worker} has lost its connection to the coordinator; its tasks keep running")]
    public static partial void ConnectionLost(ILogger logger, WorkerId worker);

    [LoggerMessage(3102, LogLevel.Debug, "Deployed {Tasks} tasks of job {Job}, attempt {Attempt}, on {Worker}")]
    public static partial void Deployed(ILogger logger, int tasks, JobId job, Attempt attempt, WorkerId worker);

    [LoggerMessage(
        3103, LogLevel.Debug, "Ignored the deployment of job {Job}, attempt {Attempt}, on {Worker}, which already has this or a later attempt")]
    public static partial void StaleDeployment(ILogger logger, JobId job, Attempt attempt, WorkerId worker);

    [LoggerMessage(3104, LogLevel.Error, "Job {Job}, attempt {Attempt}, cannot be deployed on {Worker}")]
    public static partial void DeploymentRefused(ILogger logger, Exception exception, JobId job, Attempt attempt, WorkerId worker);

    [LoggerMessage(3105, LogLevel.Error, "{Operator} failed in task {Task} of job {Job}, attempt {Attempt}")]
    public static partial void TaskFailed(ILogger logger, Exception exception, string @operator, string task, JobId job, Attempt attempt);

    [LoggerMessage(3106, LogLevel.Critical, "The agent of worker {Worker} threw, which is a bug in QueryStream. The worker leaves the cluster")]
    public static partial void AgentFailed(ILogger logger, Exception exception, WorkerId worker);

    [LoggerMessage(3110, LogLevel.Warning, "Tasks of worker {Worker} have not moved to others within {Limit}; they are cancelled here")]
    public static partial void MoveTimedOut(ILogger logger, WorkerId worker, string limit);

    [LoggerMessage(3107, LogLevel.Warning, "Tasks of worker {Worker} were still running {Limit} after they were cancelled; stopping without them")]
    public static partial void StopTimedOut(ILogger logger, WorkerId worker, string limit);

    [LoggerMessage(3108, LogLevel.Debug, "{Operator} in task {Task} could not store its state of checkpoint {Checkpoint} of job {Job}: {Message}")]
    public static partial void SnapshotFailed(ILogger logger, string @operator, string task, CheckpointId checkpoint, JobId job, string message);

    [LoggerMessage(
        3109, LogLevel.Warning, "Worker {Worker} refuses a coordinator of epoch {Epoch}: it has been registered under epoch {Newest}")]
    public static partial void CoordinatorRefused(ILogger logger, WorkerId worker, Epoch epoch, Epoch newest);

    [LoggerMessage(
        3111,
        LogLevel.Information,
        "The coordinator of epoch {Epoch} has taken over {Tasks} tasks of job {Job}, attempt {Attempt}, on worker {Worker}; they go on")]
    public static partial void Adopted(ILogger logger, int tasks, JobId job, Attempt attempt, WorkerId worker, Epoch epoch);

    [LoggerMessage(3112, LogLevel.Warning, "Job {Job} could not be prepared on worker {Worker}, which holds no tasks of it yet")]
    public static partial void NotPrepared(ILogger logger, Exception exception, JobId job, WorkerId worker);
}
