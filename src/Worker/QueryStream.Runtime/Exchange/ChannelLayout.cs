using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>The channels of a task, which it numbers from 0: in order of the edges, then of the subtasks at the other end.</summary>
internal static class ChannelLayout
{
    /// <summary>The channels that a subtask receives from.</summary>
    public static List<(JobEdge Edge, ChannelId Id)> Incoming(JobGraph graph, JobVertex vertex, int subtask)
    {
        List<(JobEdge, ChannelId)> channels = [];
        foreach (JobEdge edge in graph.Edges.Where(edge => edge.To == vertex))
        {
            foreach (int from in OtherEnds(edge, edge.From.Parallelism, subtask))
            {
                channels.Add((edge, new ChannelId(edge.Index, from, subtask)));
            }
        }

        return channels;
    }

    /// <summary>The channels that a task receives from.</summary>
    public static List<(JobEdge Edge, ChannelId Id)> Incoming(TaskDeployment task) => Incoming(task.Graph, task.Vertex, task.Subtask);

    /// <summary>The channels that a task sends on.</summary>
    public static List<(JobEdge Edge, ChannelId Id)> Outgoing(TaskDeployment task)
    {
        List<(JobEdge, ChannelId)> channels = [];
        foreach (JobEdge edge in task.Graph.Edges.Where(edge => edge.From == task.Vertex))
        {
            foreach (int to in OtherEnds(edge, edge.To.Parallelism, task.Subtask))
            {
                channels.Add((edge, new ChannelId(edge.Index, task.Subtask, to)));
            }
        }

        return channels;
    }

    /// <summary>The task's number for a channel; -1 where it has no such channel.</summary>
    public static int NumberOf(TaskDeployment task, ChannelId channel)
    {
        int number = Incoming(task).FindIndex(one => one.Id == channel);
        return number >= 0 ? number : Outgoing(task).FindIndex(one => one.Id == channel);
    }

    private static IEnumerable<int> OtherEnds(JobEdge edge, int others, int subtask) =>
        edge.IsForward ? [subtask] : Enumerable.Range(0, others);
}
