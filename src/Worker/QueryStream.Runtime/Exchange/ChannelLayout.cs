using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>Numbers the channels of a task from 0: by edge, then by the subtask at the other end.</summary>
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

    /// <summary>The task's number of a channel; -1 if it has no such channel. Lists nothing, since a task looks up every channel.</summary>
    public static int NumberOf(TaskDeployment task, ChannelId channel)
    {
        int number = NumberOf(task, channel, isIncoming: true);
        return number >= 0 ? number : NumberOf(task, channel, isIncoming: false);
    }

    private static int NumberOf(TaskDeployment task, ChannelId channel, bool isIncoming)
    {
        (int own, int other) = isIncoming ? (channel.To, channel.From) : (channel.From, channel.To);
        int first = 0;
        foreach (JobEdge edge in task.Graph.Edges)
        {
            (JobVertex near, JobVertex far) = isIncoming ? (edge.To, edge.From) : (edge.From, edge.To);
            if (near != task.Vertex)
            {
                continue;
            }

            int count = edge.IsForward ? 1 : far.Parallelism;
            if (edge.Index == channel.Edge)
            {
                int index = edge.IsForward ? other - task.Subtask : other;
                return own == task.Subtask && (uint)index < (uint)count ? first + index : -1;
            }

            first += count;
        }

        return -1;
    }

    private static IEnumerable<int> OtherEnds(JobEdge edge, int others, int subtask) =>
        edge.IsForward ? [subtask] : Enumerable.Range(0, others);
}
