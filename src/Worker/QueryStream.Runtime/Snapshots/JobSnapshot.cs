using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>The progress of one task when a barrier passed it.</summary>
/// <param name="Subtask">Which subtask of its vertex it was.</param>
/// <param name="Watermark">The task's watermark.</param>
/// <param name="HasEnded">Whether it had reached the end of its input.</param>
public readonly record struct TaskProgress(int Subtask, EventTime Watermark, bool HasEnded);

/// <summary>
/// The state of a whole job at one checkpoint, by operator and not by task, so that it can be restored at any parallelism. Immutable.
/// </summary>
public sealed class JobSnapshot
{
    private readonly Dictionary<OperatorId, OperatorSnapshot> _operators;
    private readonly Dictionary<VertexId, TaskProgress[]> _progress;

    private JobSnapshot(
        CheckpointId checkpoint, Dictionary<OperatorId, OperatorSnapshot> operators, Dictionary<VertexId, TaskProgress[]> progress, int keyGroups)
    {
        Checkpoint = checkpoint;
        _operators = operators;
        _progress = progress;
        KeyGroups = keyGroups;
    }

    /// <summary>The checkpoint.</summary>
    public CheckpointId Checkpoint { get; }

    /// <summary>The job's number of key groups when it was taken; 0 of a job without tasks.</summary>
    public int KeyGroups { get; }

    /// <summary>The operators that have state.</summary>
    public IReadOnlyCollection<OperatorSnapshot> Operators => _operators.Values;

    /// <summary>Combines the snapshots of all tasks.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="tasks">The parts of all tasks.</param>
    public static JobSnapshot Of(CheckpointId checkpoint, IEnumerable<TaskSnapshot> tasks)
    {
        Dictionary<OperatorId, OperatorSnapshot> operators = [];
        TaskSnapshot[] all = [.. tasks];
        foreach (IGrouping<OperatorId, OperatorSnapshot> parts in all.SelectMany(task => task.Operators).GroupBy(part => part.Operator))
        {
            IEnumerable<StateSnapshot> states = parts.SelectMany(part => part.States).GroupBy(state => (state.Name, state.Kind)).Select(Unite);
            operators.Add(parts.Key, new OperatorSnapshot(parts.Key, parts.First().Name, [.. states]));
        }

        Dictionary<VertexId, TaskProgress[]> progress = all.GroupBy(task => task.Task.Vertex).ToDictionary(
            vertex => vertex.Key,
            vertex => vertex.Select(task => new TaskProgress(task.Task.Subtask, task.Watermark, task.HasEnded))
                .OrderBy(task => task.Subtask).ToArray());
        return new JobSnapshot(checkpoint, operators, progress, all.Length == 0 ? 0 : all[0].KeyGroups);
    }

    /// <summary>The progress of the tasks of a vertex, by subtask; empty where the snapshot does not have the vertex.</summary>
    public IReadOnlyList<TaskProgress> ProgressOf(VertexId vertex) => _progress.GetValueOrDefault(vertex, []);

    /// <summary>The smallest watermark of a vertex's subtasks.</summary>
    public EventTime WatermarkOf(VertexId vertex)
    {
        IReadOnlyList<TaskProgress> tasks = ProgressOf(vertex);
        return tasks.Count == 0 ? EventTime.MinValue : tasks.Min(task => task.Watermark);
    }

    /// <summary>The state of one operator; null where it had none.</summary>
    public OperatorSnapshot? Find(OperatorId id) => _operators.GetValueOrDefault(id);

    /// <summary>Checks that the job has all operators with state, and the same number of key groups.</summary>
    /// <exception cref="StateRestoreException">An operator with state is missing, or the number of key groups differs; names it.</exception>
    public void CheckClaimed(JobGraph graph)
    {
        CheckKeyGroups(graph);
        HashSet<OperatorId> known = [.. graph.Vertices.SelectMany(vertex => vertex.Nodes).Select(node => node.Id)];
        string[] orphans = [.. _operators.Values
            .Where(part => !known.Contains(part.Operator) && part.States.Any(state => state.Chunks.Count > 0))
            .Select(part => $"'{part.Name}'")];
        if (orphans.Length > 0)
        {
            throw new StateRestoreException(
                $"The snapshot has state of {string.Join(", ", orphans)}, which job '{graph.Name}' no longer has. "
                + "Give the operator its name again, or allow that its state is dropped.");
        }
    }

    /// <summary>Refuses another number of key groups: the state of a key would be looked for on the wrong subtask.</summary>
    /// <exception cref="StateRestoreException">There is keyed state of another number of key groups.</exception>
    public void CheckKeyGroups(JobGraph graph)
    {
        if (graph.KeyGroups == KeyGroups)
        {
            return;
        }

        foreach (OperatorSnapshot part in _operators.Values)
        {
            if (part.States.FirstOrDefault(state => state.Kind == StateKind.Keyed && state.Chunks.Count > 0) is { } keyed)
            {
                throw new StateRestoreException(
                    $"State '{keyed.Name}' of operator '{part.Name}' is spread over {KeyGroups} key groups, and job '{graph.Name}' has "
                    + $"{graph.KeyGroups}: the number cannot change while keyed state is kept.");
            }
        }
    }

    // All subtasks have the same broadcast state: that of the first one is taken.
    private static StateSnapshot Unite(IEnumerable<StateSnapshot> parts)
    {
        StateSnapshot first = parts.First();
        return first.Kind == StateKind.Broadcast ? first : first with { Chunks = [.. parts.SelectMany(part => part.Chunks)] };
    }
}
