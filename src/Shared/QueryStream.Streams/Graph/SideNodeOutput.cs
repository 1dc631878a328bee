using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>The rows that a node's function emits on one of its side outputs.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SideNodeOutput<T> : NodeOutput<T>, ISideNodeOutput
{
    internal SideNodeOutput(StreamNode node, int index, SideOutput<T> output)
        : base(node, index) => Output = output;

    /// <summary>What the function emits on.</summary>
    public SideOutput<T> Output { get; }

    /// <inheritdoc/>
    public string Name => Output.Name;

    /// <inheritdoc/>
    public TResult Accept<TResult>(ISideOutputVisitor<TResult> visitor) => visitor.Visit(this);
}
