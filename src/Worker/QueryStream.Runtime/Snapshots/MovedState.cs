using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// What a task restores that moves while the other subtasks of its vertex go on: what it has stored itself, and no share of what others have. So its
/// ledger, its watermark and its list states go on as they were.
/// </summary>
public static class MovedState
{
    /// <summary>The state that the task restores.</summary>
    /// <param name="checkpoint">The whole checkpoint.</param>
    /// <param name="own">The task's own part.</param>
    /// <param name="graph">The job.</param>
    /// <param name="vertex">The task's vertex.</param>
    public static JobSnapshot Of(JobSnapshot checkpoint, TaskSnapshot own, JobGraph graph, JobVertex vertex)
    {
        OperatorId? source = graph.Edges.All(edge => edge.To != vertex) ? vertex.Head.Id : null;
        TaskProgress progress = new(own.Task.Subtask, own.Watermark, own.HasEnded);
        return new JobSnapshot(
            checkpoint.Checkpoint,
            own.KeyGroups,
            [KeyValuePair.Create<VertexId, IReadOnlyList<TaskProgress>>(vertex.Id, [progress])],
            own.Operators.Select(part => PartOf(checkpoint, part, source)),
            own.Ledger);
    }

    private static OperatorSnapshot PartOf(JobSnapshot checkpoint, OperatorSnapshot own, OperatorId? source)
    {
        OperatorSnapshot whole = checkpoint.Find(own.Operator) ?? own;

        // A source looks for its splits among those of all subtasks: one without a position is new only where no subtask has a position.
        return own.Operator == source ? whole : own with { States = [.. own.States.Select(state => Stored(state, whole))] };
    }

    // Of broadcast state, storage keeps only the copy of the first subtask.
    private static StateSnapshot Stored(StateSnapshot state, OperatorSnapshot whole) => state.Kind == StateKind.Broadcast
        ? whole.States.First(candidate => candidate.Name == state.Name && candidate.Kind == state.Kind)
        : state;
}
