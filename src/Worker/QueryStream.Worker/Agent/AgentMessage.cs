using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Wire;
using QueryStream.Wire.Control;
using QueryStream.Wire.State;

namespace QueryStream.Worker.Agent;

/// <summary>The messages of a worker's agent.</summary>
internal abstract record AgentMessage
{
    /// <summary>A connection to the coordinator is open.</summary>
    public sealed record Connected(ILink<CoordinatorMessage> Link) : AgentMessage;

    /// <summary>The connection of that link is lost.</summary>
    public sealed record Disconnected(ILink<CoordinatorMessage> Link) : AgentMessage;

    /// <summary>The coordinator has sent a message on the connection of that link.</summary>
    public sealed record MessageReceived(ILink<CoordinatorMessage> Link, WorkerMessage Message) : AgentMessage;

    /// <summary>A graph is built, or building it failed.</summary>
    public sealed record GraphBuilt(JobId Job, JobPlan Plan, JobGraphBuild Build, Exception? Failure) : AgentMessage;

    /// <summary>The manifest of the checkpoint that an attempt restores is read, or that failed.</summary>
    public sealed record ManifestRead(JobId Job, Attempt Attempt, IoResult<RestoredCheckpoint> Result) : AgentMessage;

    /// <summary>A task has stored its part of a checkpoint.</summary>
    public sealed record SnapshotStored(TaskSnapshot Snapshot, Attempt Attempt) : AgentMessage;

    /// <summary>A task could not store its part of a checkpoint.</summary>
    public sealed record SnapshotFailed(TaskId Task, CheckpointId Checkpoint, Attempt Attempt, string OperatorName, Exception Cause) : AgentMessage;

    /// <summary>An operator asks for a checkpoint above the last barrier that has reached its task.</summary>
    public sealed record CheckpointRequested(TaskId Task, Attempt Attempt, CheckpointId LastBarrier, string OperatorName, string Reason)
        : AgentMessage;

    /// <summary>A task has changed its state.</summary>
    public sealed record TaskChanged(TaskId Task, Attempt Attempt, ExecutionState State, string OperatorName = "", Exception? Cause = null)
        : AgentMessage;

    /// <summary>The metrics of running tasks are due.</summary>
    public sealed record MetricsDue : AgentMessage;

    /// <summary>What the process uses is due.</summary>
    public sealed record ProcessDue : AgentMessage;

    /// <summary>Somebody asks for the state of a key. Completed once.</summary>
    public sealed record ReadState(StateQuery Query, TaskCompletionSource<StateAnswer> Answer) : AgentMessage;

    /// <summary>Ask the coordinator to move the tasks, and stop when the last one has ended.</summary>
    public sealed record Leave : AgentMessage;

    /// <summary>Cancel all tasks, and stop when the last one has ended.</summary>
    public sealed record Stop : AgentMessage;
}
