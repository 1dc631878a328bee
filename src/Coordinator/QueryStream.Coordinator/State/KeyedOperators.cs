using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.State;

/// <summary>The operators of a graph whose state can be asked for by key.</summary>
public static class KeyedOperators
{
    /// <summary>The keyed operators of a graph, with their vertices.</summary>
    public static IEnumerable<(JobVertex Vertex, StreamNode Node)> Of(JobGraph graph) =>
        from vertex in graph.Vertices from node in vertex.Nodes where node.StateKey is not null select (vertex, node);

    /// <summary>Finds the operator that is meant by its name, its id, or the id of its vertex.</summary>
    /// <exception cref="StateQueryException">There is none, or several.</exception>
    public static (JobVertex Vertex, StreamNode Node) Find(JobGraph graph, string text)
    {
        (JobVertex Vertex, StreamNode Node)[] all = [.. Of(graph)];
        (JobVertex Vertex, StreamNode Node)[] found = [.. all.Where(one => one.Node.Name == text)];
        if (found.Length == 0)
        {
            string id = text.ToLowerInvariant();
            found = [.. all.Where(one => one.Node.Id.ToString() == id)];
            found = found.Length > 0 ? found : [.. all.Where(one => one.Vertex.Id.ToString() == id)];
        }

        if (found.Length == 1)
        {
            return found[0];
        }

        string there = string.Join(", ", all.Select(one => $"'{one.Node.Name}' ({one.Node.Id})"));
        string what = found.Length > 1 ? $"There are {found.Length} operators '{text}' with keyed state: give the id of one."
            : graph.Vertices.SelectMany(vertex => vertex.Nodes).Any(node => node.Name == text) ? $"Operator '{text}' has no state by key."
            : $"Job '{graph.Name}' has no operator '{text}'.";
        throw new StateQueryException(all.Length == 0 ? $"{what} The job has no state by key." : $"{what} There are: {there}.")
        {
            IsMissing = found.Length == 0,
        };
    }

    /// <summary>The key groups that a subtask of a vertex owns, as ranges.</summary>
    public static IReadOnlyList<(int First, int Last)> KeyGroupsOf(JobGraph graph, JobVertex vertex, int subtask)
    {
        RoutingTable routing = graph.RoutingOf(vertex);
        List<(int First, int Last)> ranges = [];
        for (int group = 0; group < graph.KeyGroups; group++)
        {
            if (routing.SubtaskOf(new KeyGroup(group)) != subtask)
            {
                continue;
            }

            if (ranges.Count > 0 && ranges[^1].Last == group - 1)
            {
                ranges[^1] = (ranges[^1].First, group);
            }
            else
            {
                ranges.Add((group, group));
            }
        }

        return ranges;
    }
}
