using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Agent;

/// <summary>What a worker's agent understands.</summary>
internal abstract record AgentMessage
{
    /// <summary>There is a connection to the coordinator.</summary>
    public sealed record Connected(ILink<CoordinatorMessage> Link) : AgentMessage;

    /// <summary>That connection is gone.</summary>
    public sealed record Disconnected(ILink<CoordinatorMessage> Link) : AgentMessage;

    /// <summary>The coordinator says something, on the connection of that link.</summary>
    public sealed record CoordinatorSaid(ILink<CoordinatorMessage> Link, WorkerMessage Message) : AgentMessage;

    /// <summary>A graph is built, or not.</summary>
    public sealed record GraphBuilt(JobId Job, Attempt Attempt, JobGraphBuild Build, Exception? Failure) : AgentMessage;

    /// <summary>A task says how it fares.</summary>
    public sealed record TaskChanged(TaskId Task, Attempt Attempt, TaskState State, string OperatorName = "", Exception? Cause = null) : AgentMessage;

    /// <summary>It is time to report metrics.</summary>
    public sealed record MetricsDue : AgentMessage;

    /// <summary>Cancel all tasks, and stop when the last one has ended.</summary>
    public sealed record Stop : AgentMessage;
}
