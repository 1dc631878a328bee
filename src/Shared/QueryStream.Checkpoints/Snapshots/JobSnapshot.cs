using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Snapshots;

/// <summary>
/// The state of a whole job at one checkpoint, by operator and not by task, so that it can be restored at any parallelism. Immutable.
/// </summary>
public sealed class JobSnapshot
{
    private readonly Dictionary<OperatorId, OperatorSnapshot> _operators;
    private readonly Dictionary<VertexId, IReadOnlyList<TaskProgress>> _progress;

    /// <summary>Creates the snapshot of a stored checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="keyGroups">The job's number of key groups; 0 for a job without tasks.</param>
    /// <param name="progress">The tasks of each vertex, by subtask.</param>
    /// <param name="operators">The operators that have state, each once.</param>
    /// <param name="ledger">What became of the rows of each operator.</param>
    public JobSnapshot(
        CheckpointId checkpoint,
        int keyGroups,
        IEnumerable<KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>> progress,
        IEnumerable<OperatorSnapshot> operators,
        IReadOnlyList<OperatorLedger> ledger)
    {
        Ledger = ledger;
        Checkpoint = checkpoint;
        KeyGroups = keyGroups;
        _progress = new Dictionary<VertexId, IReadOnlyList<TaskProgress>>(progress);
        _operators = operators.ToDictionary(part => part.Operator);
    }

    /// <summary>The checkpoint.</summary>
    public CheckpointId Checkpoint { get; }

    /// <summary>The job's number of key groups when it was taken; 0 for a job without tasks.</summary>
    public int KeyGroups { get; }

    /// <summary>The progress of the tasks of each vertex, by subtask.</summary>
    public IReadOnlyDictionary<VertexId, IReadOnlyList<TaskProgress>> Progress => _progress;

    /// <summary>The operators that have state.</summary>
    public IReadOnlyCollection<OperatorSnapshot> Operators => _operators.Values;

    /// <summary>The chunks of all its operators.</summary>
    public IEnumerable<StateChunk> Chunks => Operators.SelectMany(part => part.Chunks);

    /// <summary>What became of the rows of each operator, all subtasks together.</summary>
    public IReadOnlyList<OperatorLedger> Ledger { get; }

    /// <summary>The operators with lost or duplicate rows. Always empty: anything else is a defect of QueryStream.</summary>
    public IEnumerable<OperatorLedger> Unbalanced => Ledger.Where(part => !part.IsBalanced);

    /// <summary>Combines the snapshots of all tasks.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="tasks">The parts of all tasks.</param>
    public static JobSnapshot Of(CheckpointId checkpoint, IEnumerable<TaskSnapshot> tasks)
    {
        // Sorted, so that every manifest refers to the same subtask's copy of broadcast state. Segments that hold only other copies are deleted,
        // although their subtasks' snapshots still refer to them.
        TaskSnapshot[] all = [.. tasks.OrderBy(task => task.Task.Subtask)];
        IEnumerable<OperatorSnapshot> operators = all.SelectMany(task => task.Operators).GroupBy(part => part.Operator).Select(parts =>
            new OperatorSnapshot(
                parts.Key,
                parts.First().Name,
                [.. parts.SelectMany(part => part.States).GroupBy(state => (state.Name, state.Kind)).Select(MergeParts)]));
        IEnumerable<KeyValuePair<VertexId, IReadOnlyList<TaskProgress>>> progress = all.GroupBy(task => task.Task.Vertex).Select(vertex =>
            KeyValuePair.Create<VertexId, IReadOnlyList<TaskProgress>>(
                vertex.Key,
                [.. vertex.Select(task => new TaskProgress(task.Task.Subtask, task.Watermark, task.HasEnded))]));
        IEnumerable<OperatorLedger> ledger = all.SelectMany(task => task.Ledger).GroupBy(part => part.Operator)
            .Select(parts => parts.Aggregate(static (sum, part) => sum.Add(part)));
        return new JobSnapshot(checkpoint, all.Length == 0 ? 0 : all[0].KeyGroups, progress, operators, [.. ledger]);
    }

    /// <summary>The progress of the tasks of a vertex, by subtask; empty if the snapshot does not have the vertex.</summary>
    public IReadOnlyList<TaskProgress> ProgressOf(VertexId vertex) => _progress.GetValueOrDefault(vertex, []);

    /// <summary>The smallest watermark of a vertex's subtasks.</summary>
    public EventTime WatermarkOf(VertexId vertex)
    {
        IReadOnlyList<TaskProgress> tasks = ProgressOf(vertex);
        return tasks.Count == 0 ? EventTime.MinValue : tasks.Min(task => task.Watermark);
    }

    /// <summary>The state of one operator; null if it had none.</summary>
    public OperatorSnapshot? Find(OperatorId id) => _operators.GetValueOrDefault(id);

    /// <summary>Checks that a job has all operators with state, and the same number of key groups.</summary>
    /// <param name="jobName">The job's name, for errors.</param>
    /// <param name="keyGroups">The job's number of key groups.</param>
    /// <param name="operators">The operators of the job.</param>
    /// <exception cref="StateRestoreException">An operator with state is missing, or the number of key groups differs; names it.</exception>
    public void CheckClaimed(string jobName, int keyGroups, IEnumerable<OperatorId> operators)
    {
        CheckKeyGroups(jobName, keyGroups);
        HashSet<OperatorId> known = [.. operators];
        string[] orphans = [.. _operators.Values
            .Where(part => !known.Contains(part.Operator) && part.States.Any(state => state.Chunks.Count > 0))
            .Select(part => $"'{part.Name}'")];
        if (orphans.Length > 0)
        {
            throw new StateRestoreException(
                $"The snapshot has state of {string.Join(", ", orphans)}, which job '{jobName}' no longer has. "
                + "Give the operator its name again, or drop its state with --allow-non-restored-state.");
        }
    }

    /// <summary>Refuses another number of key groups: the state of a key would be looked for on the wrong subtask.</summary>
    /// <param name="jobName">The job's name, for errors.</param>
    /// <param name="keyGroups">The job's number of key groups.</param>
    /// <exception cref="StateRestoreException">There is keyed state of another number of key groups.</exception>
    public void CheckKeyGroups(string jobName, int keyGroups)
    {
        if (keyGroups == KeyGroups)
        {
            return;
        }

        foreach (OperatorSnapshot part in _operators.Values)
        {
            if (part.States.FirstOrDefault(state => state.Kind == StateKind.Keyed && state.Chunks.Count > 0) is { } keyed)
            {
                throw new StateRestoreException(
                    $"State '{keyed.Name}' of operator '{part.Name}' is spread over {KeyGroups} key groups, and job '{jobName}' has "
                    + $"{keyGroups}: the number cannot change while keyed state is kept. Set StreamBuilder.KeyGroups to {KeyGroups}.");
            }
        }
    }

    // All subtasks have the same broadcast state: that of the first one is taken.
    private static StateSnapshot MergeParts(IEnumerable<StateSnapshot> parts)
    {
        StateSnapshot first = parts.First();
        return first.Kind == StateKind.Broadcast ? first : first with { Chunks = [.. parts.SelectMany(part => part.Chunks)] };
    }
}
