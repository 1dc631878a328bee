using QueryStream.Coordinator;
using QueryStream.Wire.Control;

namespace QueryStream.Rest.Views;

/// <summary>States of jobs and tasks as Flink names, orders and counts them.</summary>
public static class States
{
    // Flink's order, with the states that are never reached here.
    private static readonly string[] Tasks =
        ["CREATED", "FINISHED", "INITIALIZING", "CANCELING", "CANCELED", "RECONCILING", "RUNNING", "SCHEDULED", "DEPLOYING", "FAILED"];

    private static readonly string[] Jobs =
    [
        "CREATED", "FAILING", "CANCELLING", "RECONCILING", "RESTARTING", "RUNNING", "FINISHED", "INITIALIZING", "FAILED", "CANCELED", "SUSPENDED",
    ];

    /// <summary>The name of a status.</summary>
    public static string NameOf(JobStatus status) => status.ToString().ToUpperInvariant();

    /// <summary>The name of a state.</summary>
    public static string NameOf(ExecutionState state) => state.ToString().ToUpperInvariant();

    /// <summary>How many there are of each state, by name.</summary>
    public static Dictionary<string, int> Count(IEnumerable<string> states)
    {
        Dictionary<string, int> counts = Tasks.ToDictionary(state => state, _ => 0);
        foreach (string state in states)
        {
            counts[state]++;
        }

        return counts;
    }

    /// <summary>The same with the names in lower case and the total, as the overview of jobs has it.</summary>
    public static Dictionary<string, int> CountWithTotal(IReadOnlyCollection<TaskInfo> tasks)
    {
        Dictionary<string, int> counts = Count(tasks.Select(task => NameOf(task.State)))
            .ToDictionary(count => count.Key.ToLowerInvariant(), count => count.Value);
        counts["total"] = tasks.Count;
        return counts;
    }

    /// <summary>When a job has reached each status; 0 for never.</summary>
    public static Dictionary<string, long> TimesOf(JobHandle job)
    {
        Dictionary<string, long> times = Jobs.ToDictionary(status => status, _ => 0L);
        foreach ((JobStatus status, DateTimeOffset at) in job.Reached)
        {
            times[NameOf(status)] = Times.Of(at);
        }

        return times;
    }

    /// <summary>When a task has come to each state; 0 for never.</summary>
    public static Dictionary<string, long> TimesOf(TaskInfo task)
    {
        Dictionary<string, long> times = Tasks.ToDictionary(state => state, _ => 0L);
        foreach ((ExecutionState state, DateTimeOffset at) in task.Reached)
        {
            times[NameOf(state)] = Times.Of(at);
        }

        return times;
    }

    /// <summary>The state of all subtasks of a vertex together, by Flink's rules.</summary>
    public static ExecutionState Of(IReadOnlyCollection<TaskInfo> subtasks)
    {
        foreach (ExecutionState state in (ExecutionState[])
            [ExecutionState.Failed, ExecutionState.Canceling, ExecutionState.Canceled, ExecutionState.Initializing, ExecutionState.Running])
        {
            if (subtasks.Any(task => task.State == state))
            {
                return state;
            }
        }

        return !subtasks.Any(task => task.State == ExecutionState.Finished) ? ExecutionState.Created
            : subtasks.All(task => task.State == ExecutionState.Finished) ? ExecutionState.Finished
            : ExecutionState.Running;
    }
}
