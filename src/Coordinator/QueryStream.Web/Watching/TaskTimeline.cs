using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Web.Watching;

/// <summary>A time in which a subtask had a state.</summary>
/// <param name="State">The state.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="From">When it came to it.</param>
/// <param name="To">When it left it, or the end of what is shown.</param>
public sealed record StateSpan(ExecutionState State, Attempt Attempt, DateTimeOffset From, DateTimeOffset To);

/// <summary>The states of one vertex over time.</summary>
/// <param name="Vertex">The vertex.</param>
/// <param name="Lanes">One for each subtask, those of the first ones only where there are many: the spans, the oldest first.</param>
public sealed record VertexTimeline(VertexSample Vertex, IReadOnlyList<IReadOnlyList<StateSpan>> Lanes);

/// <summary>What states subtasks had when, over all of their attempts that are known. Pure.</summary>
public static class TaskTimeline
{
    private const int MaxLanes = 8;

    /// <summary>The states of all vertices.</summary>
    /// <param name="detail">The job.</param>
    /// <param name="end">The end of what is shown.</param>
    public static IEnumerable<VertexTimeline> Of(JobDetail detail, DateTimeOffset end)
    {
        ILookup<TaskId, TaskInfo> former = detail.FormerTasks.ToLookup(task => task.Task);
        return detail.Vertices.Select(vertex => new VertexTimeline(
            vertex, [.. vertex.Tasks.Take(MaxLanes).Select(task => SpansOf([.. former[task.Task], task], end))]));
    }

    private static IReadOnlyList<StateSpan> SpansOf(IEnumerable<TaskInfo> attempts, DateTimeOffset end)
    {
        // Each state lasts until the next one: that in which an attempt has ended, until the next attempt begins.
        (ExecutionState State, Attempt Attempt, DateTimeOffset At)[] changes =
        [
            .. attempts.OrderBy(task => task.Attempt.Number)
                .SelectMany(task => task.Reached.OrderBy(state => state.Value).ThenBy(state => state.Key)
                    .Select(state => (state.Key, task.Attempt, state.Value))),
        ];
        List<StateSpan> spans = [];
        for (int i = 0; i < changes.Length; i++)
        {
            DateTimeOffset to = i + 1 < changes.Length ? changes[i + 1].At : end;
            if (to > changes[i].At)
            {
                spans.Add(new StateSpan(changes[i].State, changes[i].Attempt, changes[i].At, to));
            }
        }

        return spans;
    }
}
