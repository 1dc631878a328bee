using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>The state of a whole job at one checkpoint, by operator and no longer by task, so that any parallelism can take it over. Immutable.</summary>
public sealed class JobSnapshot
{
    private readonly Dictionary<OperatorId, OperatorSnapshot> _operators;

    private JobSnapshot(Dictionary<OperatorId, OperatorSnapshot> operators) => _operators = operators;

    /// <summary>The operators that have state.</summary>
    public IReadOnlyCollection<OperatorSnapshot> Operators => _operators.Values;

    /// <summary>Puts the tasks' parts together.</summary>
    public static JobSnapshot Of(IEnumerable<TaskSnapshot> tasks)
    {
        Dictionary<OperatorId, OperatorSnapshot> operators = [];
        foreach (IGrouping<OperatorId, OperatorSnapshot> parts in tasks.SelectMany(task => task.Operators).GroupBy(part => part.Operator))
        {
            IEnumerable<StateSnapshot> states = parts.SelectMany(part => part.States).GroupBy(state => (state.Name, state.Kind)).Select(Unite);
            operators.Add(parts.Key, new OperatorSnapshot(parts.Key, parts.First().Name, [.. states]));
        }

        return new JobSnapshot(operators);
    }

    /// <summary>The state of one operator; null where it had none.</summary>
    public OperatorSnapshot? Find(OperatorId id) => _operators.GetValueOrDefault(id);

    /// <summary>Refuses to forget: every operator with state must still be there.</summary>
    /// <exception cref="StateRestoreException">State belongs to an operator that the graph does not have; names it.</exception>
    public void CheckClaimed(JobGraph graph)
    {
        HashSet<OperatorId> known = [.. graph.Vertices.SelectMany(vertex => vertex.Nodes).Select(node => node.Id)];
        string[] orphans = [.. _operators.Values.Where(part => !known.Contains(part.Operator)).Select(part => $"'{part.Name}'")];
        if (orphans.Length > 0)
        {
            throw new StateRestoreException(
                $"The snapshot has state of {string.Join(", ", orphans)}, which job '{graph.Name}' no longer has. Give the operator its name again, or allow that its state is dropped.");
        }
    }

    // The copies of broadcast state are alike: that of the first subtask counts.
    private static StateSnapshot Unite(IEnumerable<StateSnapshot> parts)
    {
        StateSnapshot first = parts.First();
        return first.Kind == StateKind.Broadcast ? first : first with { Chunks = [.. parts.SelectMany(part => part.Chunks)] };
    }
}
