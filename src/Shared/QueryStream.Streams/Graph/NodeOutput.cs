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
}

/// <summary>One of a node's outputs, with its row type.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="node">The node.</param>
/// <param name="index">Which of its outputs.</param>
public class NodeOutput<T>(StreamNode node, int index) : NodeOutput(node, index);
