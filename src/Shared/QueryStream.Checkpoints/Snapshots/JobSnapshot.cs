using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Snapshots;

/// <summary>
/// The state of a whole job at one checkpoint, by operator and no longer by task, so that any parallelism can take it over. Immutable.
/// </summary>
public sealed class JobSnapshot
{
    private readonly Dictionary<OperatorId, OperatorSnapshot> _operators;
    private readonly Dictionary<VertexId, IReadOnlyList<TaskProgress>> _progress;

    /// <summary>Puts a stored snapshot together.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="keyGroups">The job's number of key groups; 0 of a job without tasks.</param>
    /// <param name="progress">The tasks of each vertex, by subtask.</param>
    /// <param name="operators">The operators that have state, each once.</param>
    public JobSnapshot(
        CheckpointId checkpoint,
        int keyGroups,
        IEnumerable<KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>> progress,
        IEnumerable<OperatorSnapshot> operators)
    {
        Checkpoint = checkpoint;
        KeyGroups = keyGroups;
        _progress = new Dictionary<VertexId, IReadOnlyList<TaskProgress>>(progress);
        _operators = operators.ToDictionary(part => part.Operator);
    }

    /// <summary>The checkpoint.</summary>
    public CheckpointId Checkpoint { get; }

    /// <summary>The job's number of key groups when it was taken; 0 of a job without tasks.</summary>
    public int KeyGroups { get; }

    /// <summary>The vertices that had tasks, and how far these had come, by subtask.</summary>
    public IReadOnlyDictionary<VertexId, IReadOnlyList<TaskProgress>> Progress => _progress;

    /// <summary>The operators that have state.</summary>
    public IReadOnlyCollection<OperatorSnapshot> Operators => _operators.Values;

    /// <summary>Puts the tasks' parts together.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="tasks">The parts of all tasks.</param>
    public static JobSnapshot Of(CheckpointId checkpoint, IEnumerable<TaskSnapshot> tasks)
    {
        TaskSnapshot[] all = [.. tasks];
        IEnumerable<OperatorSnapshot> operators = all.SelectMany(task => task.Operators).GroupBy(part => part.Operator).Select(parts =>
            new OperatorSnapshot(
                parts.Key,
                parts.First().Name,
                [.. parts.SelectMany(part => part.States).GroupBy(state => (state.Name, state.Kind)).Select(Unite)]));
        IEnumerable<KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>> progress = all.GroupBy(task => task.Task.Vertex).Select(vertex =>
            KeyValuePair.Create<VertexId, IReadOnlyList<TaskProgress>>(
                vertex.Key,
                [.. vertex.Select(task => new TaskProgress(task.Task.Subtask, task.Watermark, task.HasEnded)).OrderBy(task => task.Subtask)]));
        return new JobSnapshot(checkpoint, all.Length == 0 ? 0 : all[0].KeyGroups, progress, operators);
    }

    /// <summary>How far the tasks of a vertex had come, by subtask; empty where the snapshot does not have the vertex.</summary>
    public IReadOnlyList<TaskProgress> ProgressOf(VertexId vertex) => _progress.GetValueOrDefault(vertex, []);

    /// <summary>The watermark of the subtask that was furthest behind: all of them had come that far.</summary>
    public EventTime WatermarkOf(VertexId vertex)
    {
        IReadOnlyList<TaskProgress> tasks = ProgressOf(vertex);
        return tasks.Count == 0 ? EventTime.MinValue : tasks.Min(task => task.Watermark);
    }

    /// <summary>The state of one operator; null where it had none.</summary>
    public OperatorSnapshot? Find(OperatorId id) => _operators.GetValueOrDefault(id);

    // The copies of broadcast state are alike: that of the first subtask counts.
    private static StateSnapshot Unite(IEnumerable<StateSnapshot> parts)
    {
        StateSnapshot first = parts.First();
        return first.Kind == StateKind.Broadcast ? first : first with { Chunks = [.. parts.SelectMany(part => part.Chunks)] };
    }
}
