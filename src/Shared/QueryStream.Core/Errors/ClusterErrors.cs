using QueryStream.Core.Identity;

namespace QueryStream.Core.Errors;

/// <summary>A job needs more slots than are free.</summary>
/// <param name="needed">The job's parallelism.</param>
/// <param name="free">Free slots in the cluster.</param>
/// <param name="workers">Registered workers.</param>
public sealed class NotEnoughSlotsException(int needed, int free, int workers) : QueryStreamException(
    $"The job needs {Count(needed, "slot")}, but {free} {(free == 1 ? "is" : "are")} free on {Count(workers, "worker")}. "
    + "Lower --parallelism, or start workers with more slots (--slots, --workers).")
{
    /// <summary>The job's parallelism.</summary>
    public int Needed { get; } = needed;

    /// <summary>Free slots in the cluster.</summary>
    public int Free { get; } = free;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.NotEnoughSlots;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}

/// <summary>A worker left the cluster while it ran tasks of a job.</summary>
/// <param name="worker">The worker.</param>
/// <param name="tasks">The number of tasks of the job that it ran.</param>
public sealed class WorkerLostException(WorkerId worker, int tasks) : QueryStreamException(
    $"Worker {worker} left the cluster while it had {tasks} tasks of the job. Its log says why, if it could still write.")
{
    /// <summary>The worker.</summary>
    public WorkerId Worker { get; } = worker;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.WorkerLost;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>A worker leaves in order, so the tasks of the job move to others. No failure of the job.</summary>
/// <param name="worker">The worker.</param>
public sealed class WorkerLeavesException(WorkerId worker)
    : QueryStreamException($"Worker {worker} leaves the cluster, and its tasks move to others.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.WorkerLeaves;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>No failure: a job restarts at another parallelism, for which there are slots now, or which somebody has asked for.</summary>
/// <param name="from">Its parallelism until then.</param>
/// <param name="to">The other one.</param>
/// <param name="isRequested">Whether somebody has asked for it.</param>
public sealed class JobRescaledException(int from, int to, bool isRequested = false) : QueryStreamException(
    $"The job is scaled from parallelism {from} to {to}, {(isRequested ? "as was asked for" : "since slots are free")}.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.JobRescaled;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>A worker cannot run the tasks that it was asked to run: it has built another graph, or does not have the slot.</summary>
/// <param name="message">Worker and job, the value seen, the value expected, and what to do.</param>
/// <param name="innerException">The cause.</param>
public sealed class DeploymentRefusedException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.DeploymentRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}

/// <summary>The two ends of a channel have different jobs, attempts or versions, so nothing may cross it.</summary>
/// <param name="message">Which channel, what differs, both values, what to do.</param>
public sealed class ChannelRefusedException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ChannelRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}

/// <summary>The connection of a channel broke: what was under way is lost, so the attempt fails and starts again from a snapshot.</summary>
/// <param name="message">Which channel, and what happened to the connection.</param>
/// <param name="innerException">The cause.</param>
public sealed class ChannelLostException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ChannelLost;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>
/// The receiver of a channel has consumed another number of rows before a barrier, or before the end, than the sender has sent: a bug, in
/// QueryStream or in a transport. The task fails, so that no checkpoint completes with rows that are missing or duplicated.
/// </summary>
/// <param name="channel">The channel, with its sender and its receiver.</param>
/// <param name="checkpoint">The barrier's checkpoint; null: at the end of the channel.</param>
/// <param name="expected">The rows that the sender has sent since the attempt began.</param>
/// <param name="actual">The rows that the receiver has consumed.</param>
public sealed class ChannelMiscountException(string channel, CheckpointId? checkpoint, long expected, long actual) : QueryStreamException(
    $"Channel {channel} has brought {actual} rows {(checkpoint is { } at ? $"before the barrier of checkpoint {at}" : "in all")}, "
    + $"and its sender has counted {expected}: rows were {(actual < expected ? "lost" : "brought twice")} on the way. "
    + "Please report it with the log.")
{
    /// <summary>The rows that the sender has sent since the attempt began.</summary>
    public long Expected { get; } = expected;

    /// <summary>The rows that the receiver has consumed.</summary>
    public long Actual { get; } = actual;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ChannelMiscount;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}

/// <summary>A part of QueryStream threw where it must not: a bug. Callers that wait for that part receive this error.</summary>
/// <param name="part">The part, with the id of its job or task.</param>
/// <param name="innerException">What it threw.</param>
public sealed class DefectException(string part, Exception innerException) : QueryStreamException(
    $"{part} stopped by a defect: {innerException.GetType().Name}: {innerException.Message}. Please report it with the log.", innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Defect;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
