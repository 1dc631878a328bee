using QueryStream.Core.Identity;

namespace QueryStream.Streams.Graph;

/// <summary>
/// One step of a job as it was defined. A node describes; what does the work is made from it by a visitor, in Runtime.
/// Immutable once the graph is built.
/// </summary>
public abstract class StreamNode
{
    /// <summary>Creates a node.</summary>
    protected StreamNode(string name, params ReadOnlySpan<NodeInput> inputs)
    {
        Name = name;
        Inputs = inputs.ToArray();
    }

    /// <summary>Its place in the graph, in order of definition; inputs come before.</summary>
    public int Index { get; internal set; }

    /// <summary>Names its state across versions of the job.</summary>
    public OperatorId Id { get; internal set; }

    /// <summary>What people see.</summary>
    public string Name { get; internal set; }

    /// <summary>Whether the user gave the name, which then also names the state.</summary>
    public bool HasExplicitName { get; internal set; }

    /// <summary>Where its rows come from, by port.</summary>
    public IReadOnlyList<NodeInput> Inputs { get; }

    /// <summary>What the node does, without its name: part of the graph's fingerprint.</summary>
    public abstract string Kind { get; }

    /// <summary>Hands the node to the visitor with its row types.</summary>
    public abstract TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor);
}
