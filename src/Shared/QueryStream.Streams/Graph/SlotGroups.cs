namespace QueryStream.Streams.Graph;

/// <summary>The slot sharing groups of a graph.</summary>
internal static class SlotGroups
{
    /// <summary>The group of each node, by index: its own, else that of its inputs, where they agree, else the default one.</summary>
    public static string[] Of(StreamGraph graph)
    {
        string[] groups = new string[graph.Nodes.Count];
        foreach (StreamNode node in graph.Nodes)
        {
            string[] inputs = [.. node.Inputs.Select(input => groups[input.From.Node.Index]).Distinct()];
            groups[node.Index] = node.SlotSharingGroup ?? (inputs.Length == 1 ? inputs[0] : SlotSharing.DefaultGroup);
        }

        return groups;
    }

    /// <summary>The first slot of each group, in the order in which the job names them: each has as many as its largest parallelism.</summary>
    public static Dictionary<string, int> FirstSlots(string[] groups, int[] parallelisms)
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal);
        int next = 0;
        foreach (string group in groups.Distinct())
        {
            first[group] = next;
            next += parallelisms.Where((_, node) => groups[node] == group).Max();
        }

        return first;
    }
}
