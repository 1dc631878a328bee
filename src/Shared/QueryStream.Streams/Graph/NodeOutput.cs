using QueryStream.Core.Codecs;

namespace QueryStream.Streams.Graph;

/// <summary>One of a node's outputs.</summary>
/// <param name="node">The node.</param>
/// <param name="index">Which of its outputs.</param>
public abstract class NodeOutput(StreamNode node, int index)
{
    /// <summary>The node.</summary>
    public StreamNode Node { get; } = node;

    /// <summary>Which of its outputs.</summary>
    public int Index { get; } = index;

    /// <summary>Refuses rows that cannot be sent to another task.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">Their type has no codec.</exception>
    internal abstract void CheckCodec();

    /// <summary>The rows' layout, which must be the same at both ends of a channel; see <see cref="Layout"/>.</summary>
    internal abstract string Layout { get; }
}

/// <summary>One of a node's outputs, with its row type.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="node">The node.</param>
/// <param name="index">Which of its outputs.</param>
public class NodeOutput<T>(StreamNode node, int index) : NodeOutput(node, index)
{
    internal override void CheckCodec() => Codec<T>.Check();

    /// <inheritdoc/>
    internal override string Layout => Graph.Layout.Of<T>();
}
