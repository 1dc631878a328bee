using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>What the coordinator logs: ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Worker {Worker} has joined, slots: {Slots}")]
    public static partial void WorkerRegistered(ILogger logger, WorkerId worker, int slots);

    [LoggerMessage(3001, LogLevel.Warning, "Worker {Worker} is lost: its connection broke")]
    public static partial void WorkerLost(ILogger logger, WorkerId worker);

    [LoggerMessage(
        3042,
        LogLevel.Warning,
        "Worker {Worker} has registered on another connection; the old one is closed. If these are two workers, give them different names")]
    public static partial void WorkerReplaced(ILogger logger, WorkerId worker);

    [LoggerMessage(3046, LogLevel.Information, "Worker {Worker} is about to leave; its tasks move to others")]
    public static partial void WorkerLeaves(ILogger logger, WorkerId worker);

    [LoggerMessage(3002, LogLevel.Information, "Worker {Worker} has left")]
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
    public static partial void StopTimedOut(ILogger logger, string limit);

    [LoggerMessage(3020, LogLevel.Information, "Job '{Name}' takes no checkpoints, since execution.checkpointing.dir is not set")]
    public static partial void NoCheckpoints(ILogger logger, string name);

    [LoggerMessage(3021, LogLevel.Information, "Job '{Name}' takes a checkpoint every {Interval} in {Storage}")]
    public static partial void TakesCheckpoints(ILogger logger, string name, string interval, string storage);

    [LoggerMessage(3022, LogLevel.Debug, "Checkpoint {Checkpoint} of job {Job} is triggered, tasks: {Tasks}")]
    public static partial void CheckpointTriggered(ILogger logger, CheckpointId checkpoint, JobId job, int tasks);

    [LoggerMessage(3023, LogLevel.Debug, "{Kind} {Checkpoint} of job '{Name}' is complete after {Duration}: {Path}")]
    public static partial void CheckpointCompleted(
        ILogger logger, CheckpointKind kind, CheckpointId checkpoint, string name, string duration, string path);

    [LoggerMessage(3024, LogLevel.Warning, "{Kind} {Checkpoint} of job '{Name}' has failed, the job goes on: {Reason}")]
    public static partial void CheckpointFailed(ILogger logger, CheckpointKind kind, CheckpointId checkpoint, string name, string reason);

    [LoggerMessage(3025, LogLevel.Debug, "{Kind} {Checkpoint} of job '{Name}' has failed too: {Reason}")]
    public static partial void CheckpointFailedAgain(ILogger logger, CheckpointKind kind, CheckpointId checkpoint, string name, string reason);

    [LoggerMessage(3038, LogLevel.Debug, "{Kind} {Checkpoint} of job '{Name}' was not complete: {Reason}")]
    public static partial void CheckpointDropped(ILogger logger, CheckpointKind kind, CheckpointId checkpoint, string name, string reason);

    [LoggerMessage(3026, LogLevel.Information, "Checkpoints of job '{Name}' complete again, after {Failed} that failed")]
    public static partial void CheckpointsCompleteAgain(ILogger logger, string name, long failed);

    [LoggerMessage(3027, LogLevel.Debug, "The commit of checkpoint {Checkpoint} of job '{Name}' has failed, and is repeated: {Reason}")]
    public static partial void CommitFailed(ILogger logger, CheckpointId checkpoint, string name, string reason);

    [LoggerMessage(3028, LogLevel.Warning, "Old checkpoints of job '{Name}' could not be deleted; the next checkpoint tries again: {Reason}")]
    public static partial void CleanupFailed(ILogger logger, string name, string reason);

    [LoggerMessage(3029, LogLevel.Information, "The last checkpoint of job '{Name}' is kept: {Path}")]
    public static partial void CheckpointRetained(ILogger logger, string name, string path);

    [LoggerMessage(3030, LogLevel.Information, "Job '{Name}' starts from {Path}")]
    public static partial void Restoring(ILogger logger, string name, string path);

    [LoggerMessage(3031, LogLevel.Warning, "Job '{Name}' starts without state: there is no checkpoint of it in {Storage}")]
    public static partial void NothingToRestore(ILogger logger, string name, string storage);

    [LoggerMessage(3032, LogLevel.Warning, "Job '{Name}' skips a damaged checkpoint: {Problem}")]
    public static partial void CheckpointSkipped(ILogger logger, string name, string problem);

    [LoggerMessage(3033, LogLevel.Warning, "Job '{Name}' ({Job}) restarts in {Delay}, from {From}. It has failed: {Problem}")]
    public static partial void Restarting(ILogger logger, string name, JobId job, string delay, string from, string problem);

    [LoggerMessage(
        3041,
        LogLevel.Warning,
        "The region {Vertices} of job '{Name}' ({Job}) restarts in {Delay}, from {From}; the other regions go on. It has failed: {Problem}")]
    public static partial void RegionRestarting(
        ILogger logger, string vertices, string name, JobId job, string delay, string from, string problem);

    [LoggerMessage(3034, LogLevel.Information, "Job '{Name}' ({Job}) runs again, attempt {Attempt}")]
    public static partial void Restarted(ILogger logger, string name, JobId job, Attempt attempt);

    [LoggerMessage(
        3052, LogLevel.Information, "Recovered job '{Name}' ({Job}): noticed, {Phases}, total {Total}, from {From}")]
    public static partial void Recovered(ILogger logger, string name, JobId job, string phases, string total, string from);

    [LoggerMessage(
        3053, LogLevel.Information, "Job '{Name}' ({Job}) has written its first output {After} after the failure was noticed")]
    public static partial void FirstOutput(ILogger logger, string name, JobId job, string after);

    [LoggerMessage(3054, LogLevel.Warning, "The region {Vertices} of job '{Name}' ({Job}) restarts with the others. It has failed: {Problem}")]
    public static partial void RegionRestartsToo(ILogger logger, string vertices, string name, JobId job, string problem);

    [LoggerMessage(3035, LogLevel.Information, "Job '{Name}' ({Job}) does not restart: {Reason}")]
    public static partial void NotRestarted(ILogger logger, string name, JobId job, string reason);

    [LoggerMessage(3039, LogLevel.Debug, "{Operator} in {Task} of job '{Name}' asks for a checkpoint: {Reason}")]
    public static partial void CheckpointRequested(ILogger logger, string @operator, string task, string name, string reason);

    [LoggerMessage(
        3040, LogLevel.Debug, "{Operator} in {Task} of job '{Name}' asks for a checkpoint, which is ignored, since the job takes none: {Reason}")]
    public static partial void CheckpointRequestIgnored(ILogger logger, string @operator, string task, string name, string reason);

    [LoggerMessage(
        3036, LogLevel.Warning, "The end of job '{Name}' could not be recorded, or its checkpoints could not be deleted: {Reason}")]
    public static partial void DiscardFailed(ILogger logger, string name, string reason);

    [LoggerMessage(3037, LogLevel.Error, "{Kind} {Checkpoint} of job '{Name}' shows a defect: rows are missing or duplicated. {Operator}")]
    public static partial void RowsMissing(ILogger logger, CheckpointKind kind, CheckpointId checkpoint, string name, OperatorLedger @operator);

    [LoggerMessage(3043, LogLevel.Warning, "Job '{Name}' ({Job}) waits for slots: {Reason}")]
    public static partial void WaitsForSlots(ILogger logger, string name, JobId job, string reason);

    [LoggerMessage(
        3047,
        LogLevel.Information,
        "Job '{Name}' ({Job}) runs at parallelism {Parallelism}, before {Former}, wanted {Wanted}, since it has {Slots} slots")]
    public static partial void Rescaled(ILogger logger, string name, JobId job, int parallelism, int former, int wanted, int slots);

    [LoggerMessage(
        3048,
        LogLevel.Warning,
        "Job '{Name}' ({Job}) runs at parallelism {Parallelism} only, though the scheduler is adaptive. At a lower one it could not: {Reason}")]
    public static partial void NotAdaptive(ILogger logger, string name, JobId job, int parallelism, string reason);

    [LoggerMessage(3049, LogLevel.Information, "Job '{Name}' ({Job}) moves to other slots, and goes on from {From}: {Reason}")]
    public static partial void Moving(ILogger logger, string name, JobId job, string from, string reason);

    [LoggerMessage(3080, LogLevel.Information, "Job '{Name}' ({Job}): {Text} All run after {Duration}")]
    public static partial void MovedLive(ILogger logger, string name, JobId job, string text, string duration);

    [LoggerMessage(3081, LogLevel.Information, "Subtasks of job '{Name}' ({Job}) cannot move while the others go on: {Reason}")]
    public static partial void NotMovedLive(ILogger logger, string name, JobId job, string reason);

    [LoggerMessage(
        3056,
        LogLevel.Information,
        "Job '{Name}' ({Job}) goes on: {Tasks} tasks on {Workers} workers were running under a coordinator before this one, and are taken over")]
    public static partial void Adopted(ILogger logger, string name, JobId job, int tasks, int workers);

    [LoggerMessage(EventId = 3061, Message = "Job '{Name}' ({Job}) cannot be resumed yet, and its tasks go on meanwhile: {Reason}")]
    public static partial void ResumedLater(ILogger logger, LogLevel level, string name, JobId job, string reason);

    [LoggerMessage(3057, LogLevel.Warning, "The tasks of job '{Name}' ({Job}) are not taken over, and it restarts: {Reason}")]
    public static partial void NotAdopted(ILogger logger, string name, JobId job, string reason);

    [LoggerMessage(
        EventId = 3058,
        Message = "Job '{Name}' is to stop, and waits until the storage of checkpoints has marked that its savepoint is the last one: {Reason}")]
    public static partial void StopNotMarked(ILogger logger, LogLevel level, string name, string reason);

    [LoggerMessage(
        3059,
        LogLevel.Information,
        "Job '{Name}' ({Job}) was being stopped with savepoint {Path} when its coordinator died: its tasks are to commit, and end")]
    public static partial void GoesOnStopping(ILogger logger, string name, JobId job, string path);

    [LoggerMessage(3060, LogLevel.Information, "Job '{Name}' ({Job}) had ended as {Kind} before its coordinator died: it is not resumed")]
    public static partial void HasEnded(ILogger logger, string name, JobId job, RunEndKind kind);

    [LoggerMessage(
        3044,
        LogLevel.Warning,
        "The registry could not forget job '{Name}' ({Job}), which has ended, so it may be resumed at the next start: {Reason}")]
    public static partial void NotForgotten(ILogger logger, string name, JobId job, string reason);

    [LoggerMessage(3045, LogLevel.Error, "The job in {File} cannot be resumed: {Reason}. Delete the file, or submit the job again")]
    public static partial void JobFileDamaged(ILogger logger, string file, string reason);
}
