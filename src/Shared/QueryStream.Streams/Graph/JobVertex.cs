using QueryStream.Core.Identity;

namespace QueryStream.Streams.Graph;

/// <summary>Nodes without an exchange between them: what one task runs, as a tree of operators that call each other.</summary>
public sealed class JobVertex
{
    internal JobVertex(int index, VertexId id, int parallelism, IReadOnlyList<StreamNode> nodes)
    {
        Index = index;
        Id = id;
        Parallelism = parallelism;
        Nodes = nodes;
    }

    /// <summary>Its place in the graph.</summary>
    public int Index { get; }

    /// <summary>Its identity, which stays the same across versions of a job where its head is named.</summary>
    public VertexId Id { get; }

    /// <summary>The number of subtasks.</summary>
    public int Parallelism { get; }

    /// <summary>The nodes; the first is the head, the only one that an exchange leads to.</summary>
    public IReadOnlyList<StreamNode> Nodes { get; }

    /// <summary>The node that receives from other tasks, or the source.</summary>
    public StreamNode Head => Nodes[0];

    /// <summary>What people see: the names along the chain.</summary>
    public string Name => Nodes.Count <= 4
        ? string.Join(" -> ", Nodes.Select(node => node.Name))
        : $"{Head.Name} -> ({Nodes.Count - 1} operators)";
}

/// <summary>
/// All that flows from one vertex to another, by one channel for each pair of subtasks that talk. Its links share the channels, so
/// that a watermark is sent once and rows of one link do not overtake it on another.
/// </summary>
/// <param name="Index">Its place in the graph.</param>
/// <param name="From">The vertex that sends.</param>
/// <param name="To">The vertex that receives.</param>
/// <param name="Links">Which outputs feed which ports of the receiver's head.</param>
public sealed record JobEdge(int Index, JobVertex From, JobVertex To, IReadOnlyList<NodeInput> Links)
{
    /// <summary>Whether subtask i sends to subtask i only.</summary>
    public bool IsForward => Links.All(link => link.Exchange == Exchange.Forward);
}
