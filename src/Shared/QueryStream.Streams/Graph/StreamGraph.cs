using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Graph;

/// <summary>The nodes of a job, checked. Immutable.</summary>
public sealed class StreamGraph
{
    private StreamGraph(string name, IReadOnlyList<StreamNode> nodes, int keyGroups)
    {
        Name = name;
        Nodes = nodes;
        KeyGroups = keyGroups;
        Warnings = [.. nodes.Where(node => node.UsesEventTime).SelectMany(WarningsOf).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The job's name.</summary>
    public string Name { get; }

    /// <summary>The nodes, in topological order.</summary>
    public IReadOnlyList<StreamNode> Nodes { get; }

    /// <summary>The number of key groups.</summary>
    public int KeyGroups { get; }

    /// <summary>Warnings for people, one sentence each: settings that are allowed, but probably not intended.</summary>
    public IReadOnlyList<string> Warnings { get; }

    private static IEnumerable<string> WarningsOf(StreamNode node) => SourcesOf(node, []).Where(source => !source.HasEventTimes).Select(source =>
        $"{node.Name} uses event time, and the records of {source.Name} have none: "
        + "set it with Watermarks(new() { EventTimeOf = row => … }) on the source.");

    private static IEnumerable<StreamNode> SourcesOf(StreamNode node, HashSet<StreamNode> seen) =>
        !seen.Add(node) ? []
        : node.Inputs.Count == 0 ? [node]
        : node.Inputs.SelectMany(input => SourcesOf(input.From.Node, seen));

    internal static StreamGraph Create(string name, IReadOnlyList<StreamNode> nodes, int keyGroups)
    {
        if (nodes.Count == 0)
        {
            throw new JobDefinitionException($"Job '{name}' has no source: add one with StreamBuilder.Source or a connector's method.");
        }

        if (keyGroups is < 1 or > 32_768)
        {
            throw new JobDefinitionException($"Job '{name}' wants {keyGroups} key groups: 1 to 32768 are possible.");
        }

        IGrouping<string, StreamNode>? twice = nodes.Where(n => n.HasExplicitName).GroupBy(n => n.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new JobDefinitionException(
                $"Job '{name}' gives the name '{twice.Key}' to {twice.Count()} operators: names must be unique, since they name state.");
        }

        foreach (StreamNode node in nodes)
        {
            // Finds state that cannot be declared now, instead of when the tasks open.
            _ = node.DescribeState();
            node.Id = IdOf(node);
        }

        return new StreamGraph(name, nodes, keyGroups);
    }

    private static OperatorId IdOf(StreamNode node)
    {
        string identity = node.HasExplicitName
            ? $"name:{node.Name}"
            : $"place:{node.Kind}:{node.Index}:{string.Join(',', node.Inputs.Select(input => input.From.Node.Id))}";
        return new OperatorId(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(identity))));
    }
}
