using QueryStream.Streams.Connectors;

namespace QueryStream.Streams.Graph;

/// <summary>A sink.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SinkNode<T> : StreamNode
{
    internal SinkNode(string name, NodeInput[] inputs, ISink<T> sink)
        : base(name, inputs) => Sink = sink;

    /// <summary>The sink.</summary>
    public ISink<T> Sink { get; }

    internal override bool HasExternalEffect => true;

    /// <inheritdoc/>
    public override string Kind => "Sink";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
