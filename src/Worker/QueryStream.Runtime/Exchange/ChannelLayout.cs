using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Exchange;

/// <summary>The channels of a task, numbered alike at both ends: in order of the edges, then of the subtasks at the other end.</summary>
internal static class ChannelLayout
{
    /// <summary>The channels that a subtask receives from: the edge, and the subtask that sends.</summary>
    public static List<(JobEdge Edge, int From)> Incoming(JobGraph graph, JobVertex vertex, int subtask)
    {
        List<(JobEdge, int)> channels = [];
        foreach (JobEdge edge in graph.Edges)
        {
            if (edge.To == vertex)
            {
                AddEnds(channels, edge, edge.From.Parallelism, subtask);
            }
        }

        return channels;
    }

    /// <summary>The channels that a subtask sends on: the edge, and the subtask that receives.</summary>
    public static List<(JobEdge Edge, int To)> Outgoing(JobGraph graph, JobVertex vertex, int subtask)
    {
        List<(JobEdge, int)> channels = [];
        foreach (JobEdge edge in graph.Edges)
        {
            if (edge.From == vertex)
            {
                AddEnds(channels, edge, edge.To.Parallelism, subtask);
            }
        }

        return channels;
    }

    private static void AddEnds(List<(JobEdge, int)> channels, JobEdge edge, int others, int subtask)
    {
        if (edge.IsForward)
        {
            channels.Add((edge, subtask));
            return;
        }

        for (int other = 0; other < others; other++)
        {
            channels.Add((edge, other));
        }
    }
}
