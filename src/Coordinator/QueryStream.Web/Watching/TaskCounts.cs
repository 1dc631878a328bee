using QueryStream.Coordinator;
using QueryStream.Wire.Control;

namespace QueryStream.Web.Watching;

/// <summary>Counts tasks by state.</summary>
internal static class TaskCounts
{
    private static readonly ExecutionState[] States = Enum.GetValues<ExecutionState>();

    /// <summary>How many tasks have each state, in the order in which tasks go through them; without states that none has.</summary>
    public static (ExecutionState State, int Tasks)[] Of(IReadOnlyList<TaskInfo> tasks)
    {
        Span<int> counts = stackalloc int[(int)States[^1] + 1];
        for (int i = 0; i < tasks.Count; i++)
        {
            counts[(int)tasks[i].State]++;
        }

        List<(ExecutionState, int)> found = [];
        foreach (ExecutionState state in States)
        {
            if (counts[(int)state] > 0)
            {
                found.Add((state, counts[(int)state]));
            }
        }

        return [.. found];
    }
}
