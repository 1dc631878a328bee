using System.Security.Cryptography;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;

namespace QueryStream.Streams.Graph;

/// <summary>
/// The physical graph of a job: nodes without an exchange between them are chained into vertices. Coordinator and workers build the same graph and
/// compare its <see cref="Fingerprint"/>. Immutable.
/// </summary>
public sealed class JobGraph
{
    private JobGraph(StreamGraph graph, IReadOnlyList<JobVertex> vertices, IReadOnlyList<JobEdge> edges)
    {
        Name = graph.Name;
        KeyGroups = graph.KeyGroups;
        Warnings = graph.Warnings;
        Vertices = vertices;
        Edges = edges;
        Fingerprint = FingerprintOf(graph, vertices);
    }

    private JobGraph(JobGraph other)
    {
        Name = other.Name;
        KeyGroups = other.KeyGroups;
        Warnings = other.Warnings;
        Vertices = other.Vertices;
        Edges = other.Edges;
        Fingerprint = other.Fingerprint;
    }

    /// <summary>The job's name.</summary>
    public string Name { get; private init; }

    /// <summary>The number of key groups.</summary>
    public int KeyGroups { get; }

    /// <inheritdoc cref="StreamGraph.Warnings"/>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The vertices, in topological order.</summary>
    public IReadOnlyList<JobVertex> Vertices { get; }

    /// <summary>The edges.</summary>
    public IReadOnlyList<JobEdge> Edges { get; }

    /// <summary>
    /// A hash of everything that must be the same wherever the graph is built: nodes, connections, parallelism, key groups, and the layouts of rows
    /// and keys. Both ends of a channel compare it, so that rows are never decoded with the layout of another version.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>How many slots the job needs: each slot sharing group as many as its largest parallelism.</summary>
    public int Slots => Vertices.Max(vertex => vertex.FirstSlot + vertex.Parallelism);

    /// <summary>Chains the nodes of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="parallelism">The parallelism of nodes for which the job sets none.</param>
    /// <exception cref="JobDefinitionException">A parallelism is not between 1 and the number of key groups.</exception>
    public static JobGraph Create(StreamGraph graph, int parallelism)
    {
        int[] parallelisms = ParallelismsOf(graph, parallelism);
        string[] groups = SlotGroups.Of(graph);
        Dictionary<string, int> firstSlots = SlotGroups.FirstSlots(groups, parallelisms);
        List<List<StreamNode>> chains = [];
        int[] chainOf = new int[graph.Nodes.Count];
        foreach (StreamNode node in graph.Nodes)
        {
            int chain = ChainFor(node, chainOf, parallelisms, groups);
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
            int head = chain[0].Index;
            vertices.Add(new JobVertex(
                vertices.Count, new VertexId(chain[0].Id.Value), parallelisms[head], chain, groups[head], firstSlots[groups[head]]));
        }

        return new JobGraph(graph, vertices, EdgesOf(vertices, chainOf, parallelisms));
    }

    /// <summary>The subtasks of a vertex that own the key groups. Whoever asks for a key and whoever sends its rows use this same table.</summary>
    /// <param name="vertex">The vertex.</param>
    /// <param name="version">The version of the attempt's routing tables.</param>
    public RoutingTable RoutingOf(JobVertex vertex, int version = 0) => RoutingTable.Spread(version, KeyGroups, vertex.Parallelism);

    /// <summary>
    /// The same graph under another name, which whoever submits the job has chosen. The fingerprint stays, since workers build the graph under its
    /// own name.
    /// </summary>
    public JobGraph WithName(string name) => new(this) { Name = name };

    private static int[] ParallelismsOf(StreamGraph graph, int parallelism)
    {
        Check($"Job '{graph.Name}'", parallelism, graph);
        int[] parallelisms = new int[graph.Nodes.Count];
        foreach (StreamNode node in graph.Nodes)
        {
            Check($"Job '{graph.Name}': {node.Name}", node.Parallelism ?? parallelism, graph);
            parallelisms[node.Index] = node.Parallelism ?? (node.InheritsParallelism ? parallelisms[node.Inputs[0].From.Node.Index] : parallelism);
        }

        return parallelisms;
    }

    private static void Check(string what, int parallelism, StreamGraph graph)
    {
        if (parallelism < 1 || parallelism > graph.KeyGroups)
        {
            throw new JobDefinitionException(
                $"{what} cannot run with parallelism {parallelism}: 1 to {graph.KeyGroups}, its number of key groups, are possible.");
        }
    }

    // A node joins a chain if all of its rows come from that chain without an exchange, in the same slots; otherwise it starts a new one.
    private static int ChainFor(StreamNode node, int[] chainOf, int[] parallelisms, string[] groups)
    {
        int chain = -1;
        foreach (NodeInput input in node.Inputs)
        {
            int from = chainOf[input.From.Node.Index];
            if (ExchangeOf(input, node, parallelisms) != Exchange.Forward || (chain >= 0 && chain != from)
                || groups[input.From.Node.Index] != groups[node.Index])
            {
                return -1;
            }

            chain = from;
        }

        return chain;
    }

    // Forward needs the same parallelism at both ends; otherwise rows are rebalanced.
    private static Exchange ExchangeOf(NodeInput input, StreamNode node, int[] parallelisms) =>
        input.Exchange == Exchange.Forward && parallelisms[input.From.Node.Index] != parallelisms[node.Index]
            ? input.From.NewRebalance()
            : input.Exchange;

    private static List<JobEdge> EdgesOf(List<JobVertex> vertices, int[] chainOf, int[] parallelisms)
    {
        List<JobEdge> edges = [];
        foreach (JobVertex vertex in vertices)
        {
            IEnumerable<NodeInput> inputs = vertex.Head.Inputs.Select(
                input => input with { Exchange = ExchangeOf(input, vertex.Head, parallelisms) });
            foreach (IGrouping<int, NodeInput> links in inputs.GroupBy(input => chainOf[input.From.Node.Index]))
            {
                // Forward links have one channel per subtask, other links one per pair of subtasks, so they cannot share channels.
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
