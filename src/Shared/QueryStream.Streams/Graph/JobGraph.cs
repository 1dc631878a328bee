using System.Security.Cryptography;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Graph;

/// <summary>
/// A stream graph as it runs: nodes without an exchange between them are chained into vertices. Built alike by coordinator and
/// workers, who compare <see cref="Fingerprint"/>. Immutable.
/// </summary>
public sealed class JobGraph
{
    private JobGraph(StreamGraph graph, IReadOnlyList<JobVertex> vertices, IReadOnlyList<JobEdge> edges)
    {
        Name = graph.Name;
        KeyGroups = graph.KeyGroups;
        Vertices = vertices;
        Edges = edges;
        Fingerprint = FingerprintOf(graph, vertices);
    }

    /// <summary>The job's name.</summary>
    public string Name { get; }

    /// <summary>The number of key groups.</summary>
    public int KeyGroups { get; }

    /// <summary>The vertices; those that feed a vertex come before it.</summary>
    public IReadOnlyList<JobVertex> Vertices { get; }

    /// <summary>The edges.</summary>
    public IReadOnlyList<JobEdge> Edges { get; }

    /// <summary>
    /// A hash of all that must be the same wherever the graph is built: nodes and how they are connected, parallelism, key groups, the layouts of
    /// rows and keys. Both ends of a channel compare it, so that rows are never decoded with the layout of another version.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Chains the nodes of a graph.</summary>
    /// <exception cref="JobDefinitionException">The parallelism is not between 1 and the number of key groups.</exception>
    public static JobGraph Create(StreamGraph graph, int parallelism)
    {
        if (parallelism < 1 || parallelism > graph.KeyGroups)
        {
            throw new JobDefinitionException(
                $"Job '{graph.Name}' cannot run with parallelism {parallelism}: 1 to {graph.KeyGroups}, its number of key groups, are possible.");
        }

        List<List<StreamNode>> chains = [];
        int[] chainOf = new int[graph.Nodes.Count];
        foreach (StreamNode node in graph.Nodes)
        {
            int chain = ChainFor(node, chainOf);
            if (chain < 0)
            {
                chain = chains.Count;
                chains.Add([]);
            }

            chains[chain].Add(node);
            chainOf[node.Index] = chain;
        }

        List<JobVertex> vertices = [];
        foreach (List<StreamNode> chain in chains)
        {
            vertices.Add(new JobVertex(vertices.Count, new VertexId(chain[0].Id.Value), parallelism, chain));
        }

        return new JobGraph(graph, vertices, EdgesOf(vertices, chainOf));
    }

    // A node joins the chain that all of its rows come from without an exchange; otherwise it heads a new one.
    private static int ChainFor(StreamNode node, int[] chainOf)
    {
        int chain = -1;
        foreach (NodeInput input in node.Inputs)
        {
            int from = chainOf[input.From.Node.Index];
            if (input.Exchange != Exchange.Forward || (chain >= 0 && chain != from))
            {
                return -1;
            }

            chain = from;
        }

        return chain;
    }

    private static List<JobEdge> EdgesOf(List<JobVertex> vertices, int[] chainOf)
    {
        List<JobEdge> edges = [];
        foreach (JobVertex vertex in vertices)
        {
            foreach (IGrouping<int, NodeInput> links in vertex.Head.Inputs.GroupBy(input => chainOf[input.From.Node.Index]))
            {
                // Forward links have one channel a subtask, the others one for each pair: they cannot share.
                foreach (IGrouping<bool, NodeInput> kind in links.GroupBy(link => link.Exchange == Exchange.Forward))
                {
                    edges.Add(new JobEdge(edges.Count, vertices[links.Key], vertex, [.. kind.Select(WithCodec)]));
                }
            }
        }

        return edges;
    }

    private static NodeInput WithCodec(NodeInput link)
    {
        try
        {
            link.From.CheckCodec();
            return link;
        }
        catch (JobDefinitionException e)
        {
            throw new JobDefinitionException($"The rows of '{link.From.Node.Name}' go to other tasks. {e.Message}", e);
        }
    }

    private static string FingerprintOf(StreamGraph graph, IReadOnlyList<JobVertex> vertices)
    {
        StringBuilder text = new();
        text.Append(graph.Name).Append('|').Append(graph.KeyGroups).Append('\n');
        foreach (StreamNode node in graph.Nodes)
        {
            text.Append(node.Index).Append('|').Append(node.Kind).Append('|').Append(node.Name);
            foreach (NodeInput input in node.Inputs)
            {
                text.Append('|').Append(input.From.Node.Index).Append('.').Append(input.From.Index).Append(' ').Append(input.From.Layout)
                    .Append('>').Append(input.Port).Append(input.Exchange.Strategy).Append(' ').Append(input.Exchange.KeyLayout);
            }

            text.Append('\n');
        }

        foreach (JobVertex vertex in vertices)
        {
            text.Append(vertex.Id).Append('*').Append(vertex.Parallelism).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
