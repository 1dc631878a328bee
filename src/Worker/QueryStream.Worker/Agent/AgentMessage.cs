using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire;
using QueryStream.Wire.Control;

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
    public sealed record GraphBuilt(JobId Job, Attempt Attempt, JobGraphBuild Build, Exception? Failure) : AgentMessage;

    /// <summary>A task has changed its state.</summary>
    public sealed record TaskChanged(TaskId Task, Attempt Attempt, ExecutionState State, string OperatorName = "", Exception? Cause = null)
        : AgentMessage;

    /// <summary>The metrics of running tasks are due.</summary>
    public sealed record MetricsDue : AgentMessage;

    /// <summary>Cancel all tasks, and stop when the last one has ended.</summary>
    public sealed record Stop : AgentMessage;
}
