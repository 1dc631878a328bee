using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tasks;

/// <summary>What one task runs.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Graph">The job's graph.</param>
/// <param name="Vertex">The vertex that the task runs a subtask of.</param>
/// <param name="Subtask">The subtask, from 0.</param>
public sealed record TaskDeployment(JobId Job, Attempt Attempt, JobGraph Graph, JobVertex Vertex, int Subtask)
{
    /// <summary>The snapshot that the job restores; null where it starts without state.</summary>
    public JobSnapshot? Restore { get; init; }

    /// <summary>
    /// Whether checkpoints are taken. If so, a task whose input has ended waits for a complete checkpoint that commits the last rows of its two-phase
    /// sinks; otherwise it commits them itself.
    /// </summary>
    public bool HasCheckpoints { get; init; }

    /// <summary>The version of the attempt's routing tables; the ends of a channel compare it.</summary>
    public int RoutingVersion { get; init; }

    /// <summary>The task's identity.</summary>
    public TaskId Id => new(Job, Vertex.Id, Subtask);

    /// <summary>The name in logs and errors: <c>Window (2/4)</c>.</summary>
    public string DisplayName => $"{Vertex.Name} ({Subtask + 1}/{Vertex.Parallelism})";

    /// <summary>The subtasks of a vertex that own the key groups.</summary>
    internal RoutingTable RoutingOf(JobVertex vertex) => RoutingTable.Spread(RoutingVersion, Graph.KeyGroups, vertex.Parallelism);
}

/// <summary>What the tasks of a worker share.</summary>
/// <param name="DataPlane">Finds the other ends of channels.</param>
/// <param name="Events">Receives the events of the tasks.</param>
/// <param name="Services">Clients of external systems, for sources and sinks.</param>
/// <param name="Loggers">Creates the loggers.</param>
public sealed record TaskEnvironment(IDataPlane DataPlane, ITaskEvents Events, IServiceProvider Services, ILoggerFactory Loggers)
{
    /// <summary>Where the state of snapshots is written.</summary>
    public IChunkSink Chunks { get; init; } = MemoryChunks.Instance;

    /// <summary>Where operators keep their keyed state.</summary>
    internal IStateBackend StateBackend { get; init; } = HeapStateBackend.Instance;
}
