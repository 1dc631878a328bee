using System.Collections.Frozen;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
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
    /// <summary>The checkpoint that the job restores; null if it starts without state.</summary>
    public RestoredCheckpoint? Restore { get; init; }

    /// <summary>Where the task writes its state; null: nowhere, since nobody takes snapshots.</summary>
    public CheckpointTarget? Checkpoints { get; init; }

    /// <summary>
    /// Whether checkpoints complete. If so, a task whose input has ended waits for a complete checkpoint that commits the last rows of its two-phase
    /// sinks; otherwise it commits them itself.
    /// </summary>
    public bool HasCheckpoints { get; init; }

    /// <summary>
    /// Whether rows behind a barrier wait until it has come on all channels, so that state holds each row once. Otherwise rows that are processed
    /// meanwhile are part of the snapshot, and are processed again after a restart.
    /// </summary>
    public bool AlignsBarriers { get; init; } = true;

    /// <summary>The version of the attempt's routing tables; the ends of a channel compare it.</summary>
    public int RoutingVersion { get; init; }

    /// <summary>The attempts of tasks at the other ends of its channels, where they are others than its own: since tasks have moved.</summary>
    public IReadOnlyDictionary<TaskId, Attempt> PeerAttempts { get; init; } = FrozenDictionary<TaskId, Attempt>.Empty;

    /// <summary>The attempt in which all tasks of its region were started together, if this task has moved since; null: that is its own.</summary>
    public Attempt? Region { get; init; }

    /// <summary>
    /// Whether this task has moved: <see cref="Restore"/> then is its own part of the checkpoint and nothing of other subtasks, which go on, and
    /// all of its channels are connected anew.
    /// </summary>
    public bool HasMoved => Region is not null;

    /// <summary>The task's identity.</summary>
    public TaskId Id => new(Job, Vertex.Id, Subtask);

    /// <summary>The name in logs and errors: <c>Window (2/4)</c>.</summary>
    public string DisplayName => $"{Vertex.Name} ({Subtask + 1}/{Vertex.Parallelism})";

    /// <summary>The subtasks of a vertex that own the key groups.</summary>
    internal RoutingTable RoutingOf(JobVertex vertex) => Graph.RoutingOf(vertex, RoutingVersion);
}

/// <summary>Where tasks write their state.</summary>
/// <param name="Storage">The address of the storage.</param>
/// <param name="Epoch">The coordinator's epoch in it.</param>
public sealed record CheckpointTarget(string Storage, Epoch Epoch);
