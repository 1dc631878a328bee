using QueryStream.Core.Identity;

namespace QueryStream.Streams.Graph;

/// <summary>A chain of nodes without an exchange between them. A task runs one subtask of it, as a tree of operators that call each other.</summary>
public sealed class JobVertex
{
    internal JobVertex(int index, VertexId id, int parallelism, IReadOnlyList<StreamNode> nodes, string group, int firstSlot)
    {
        SlotSharingGroup = group;
        FirstSlot = firstSlot;
        Index = index;
        Id = id;
        Parallelism = parallelism;
        Nodes = nodes;
    }

    /// <summary>Its index in the graph.</summary>
    public int Index { get; }

    /// <summary>Its id, which is stable across versions of a job if its head has a name.</summary>
    public VertexId Id { get; }

    /// <summary>The number of subtasks.</summary>
    public int Parallelism { get; }

    /// <summary>Its slot sharing group. A slot holds one subtask of each vertex of one group.</summary>
    public string SlotSharingGroup { get; }

    /// <summary>The first slot of its group among those of the job; subtask i is in the i-th after it.</summary>
    public int FirstSlot { get; }

    /// <summary>The nodes. The first is the head, the only one that an exchange leads to.</summary>
    public IReadOnlyList<StreamNode> Nodes { get; }

    /// <summary>The node that receives from other tasks, or the source.</summary>
    public StreamNode Head => Nodes[0];

    /// <summary>The display name: the names along the chain.</summary>
    public string Name => Nodes.Count <= 4
        ? string.Join(" -> ", Nodes.Select(node => node.Name))
        : $"{Head.Name} -> ({Nodes.Count - 1} operators)";
}

/// <summary>
/// The connection from one vertex to another, with one channel for each pair of connected subtasks. Its links share the channels, so that a watermark
/// is sent once and rows of another link do not overtake it.
/// </summary>
/// <param name="Index">Its index in the graph.</param>
/// <param name="From">The vertex that sends.</param>
/// <param name="To">The vertex that receives.</param>
/// <param name="Links">The outputs and the ports of the receiver's head that they feed.</param>
public sealed record JobEdge(int Index, JobVertex From, JobVertex To, IReadOnlyList<NodeInput> Links)
{
    /// <summary>Whether subtask i sends to subtask i only.</summary>
    public bool IsForward => Links.All(link => link.Exchange == Exchange.Forward);
}
