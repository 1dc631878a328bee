using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>A checkpoint that is not complete yet. Used only in turns of the job's master.</summary>
/// <param name="id">Its id.</param>
/// <param name="savepoint">The request for it; null of a periodic checkpoint.</param>
/// <param name="expected">The tasks that must acknowledge it.</param>
/// <param name="triggeredAt">When it was triggered, as calendar time.</param>
/// <param name="startedAt">The same as a timestamp, for durations.</param>
internal sealed class PendingCheckpoint(
    CheckpointId id, SavepointRequest? savepoint, IReadOnlyCollection<TaskId> expected, DateTimeOffset triggeredAt, long startedAt)
{
    private readonly HashSet<TaskId> _missing = [.. expected];
    private readonly Dictionary<TaskId, TaskSnapshot> _parts = [];
    private readonly List<SubtaskCheckpoint> _subtasks = [];

    public CheckpointId Id { get; } = id;

    public SavepointRequest? Savepoint { get; } = savepoint;

    public CheckpointKind Kind => Savepoint is null ? CheckpointKind.Checkpoint : CheckpointKind.Savepoint;

    public DateTimeOffset TriggeredAt { get; } = triggeredAt;

    public long StartedAt { get; } = startedAt;

    /// <summary>Whether all tasks have acknowledged it, so that it is being committed.</summary>
    public bool IsCommitting { get; set; }

    /// <summary>Whether a commit is under way. It may succeed although its checkpoint has been given up.</summary>
    public bool IsCommitInFlight { get; set; }

    /// <summary>The reason of its failure, unless the commit in flight succeeds; null: it has not failed.</summary>
    public string? GivenUp { get; set; }

    /// <summary>Whether the storage has not answered that the job stops with this savepoint.</summary>
    public bool IsUnmarked { get; set; }

    /// <summary>Its manifest, once it is being committed; null before.</summary>
    public CheckpointManifest? Manifest { get; set; }

    /// <summary>The parts that have come.</summary>
    public IReadOnlyDictionary<TaskId, TaskSnapshot> Parts => _parts;

    public bool IsAcknowledged => _missing.Count == 0;

    /// <summary>Takes the part of a task. A second one of the same task, and one of a task that is not expected, are ignored.</summary>
    public void Acknowledge(TaskSnapshot part, DateTimeOffset now)
    {
        if (_missing.Remove(part.Task))
        {
            _parts.Add(part.Task, part);
            _subtasks.Add(SubtaskCheckpoint.Of(part, now));
        }
    }

    /// <summary>A task has ended: its final snapshot is taken if its acknowledgement is missing.</summary>
    /// <returns>False if the barrier had passed the task: its final snapshot then contains rows after the barrier.</returns>
    public bool TryEnd(TaskSnapshot last)
    {
        if (last.LastBarrier.Number >= Id.Number)
        {
            return !_missing.Contains(last.Task);
        }

        _missing.Remove(last.Task);
        return true;
    }

    /// <summary>The state of the job: the parts of the tasks, and the final snapshots of those that have ended.</summary>
    /// <param name="final">The final snapshots of ended tasks.</param>
    public JobSnapshot ToSnapshot(IReadOnlyDictionary<TaskId, TaskSnapshot> final) =>
        JobSnapshot.Of(Id, [.. _parts.Values, .. final.Values.Where(part => !_parts.ContainsKey(part.Task))]);

    public CheckpointInfo ToInfo(int tasks) => new(Id, Kind, TriggeredAt)
    {
        Tasks = tasks,
        AcknowledgedTasks = tasks - _missing.Count,
        Subtasks = [.. _subtasks],
    };

    /// <summary>The manifest of the complete checkpoint.</summary>
    public CheckpointManifest ToManifest(
        JobId job, JobGraph graph, IReadOnlyDictionary<VertexId, Attempt> attempts, Epoch epoch, JobSnapshot state, TimeSpan duration) => new()
        {
            Job = job,
            JobName = graph.Name,
            Kind = Kind,
            Epoch = epoch,
            TriggeredAt = TriggeredAt,
            Duration = duration,
            Fingerprint = graph.Fingerprint,
            Vertices = [.. graph.Vertices.Select(vertex => new ManifestVertex(vertex.Id, vertex.Name) { Attempt = attempts[vertex.Id] })],
            State = state,
        };
}
