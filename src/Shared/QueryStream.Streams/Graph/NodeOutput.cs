using QueryStream.Core.Codecs;
using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>One of a node's outputs.</summary>
/// <param name="node">The node.</param>
/// <param name="index">The index among its outputs.</param>
public abstract class NodeOutput(StreamNode node, int index)
{
    /// <summary>The node.</summary>
    public StreamNode Node { get; } = node;

    /// <summary>The index among its outputs.</summary>
    public int Index { get; } = index;

    /// <summary>Throws if the rows cannot be sent to another task.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">The row type has no codec.</exception>
    internal abstract void CheckCodec();

    /// <summary>Creates an exchange that rebalances the rows.</summary>
    internal abstract Exchange NewRebalance();

    /// <summary>The layout of the rows, which must be the same at both ends of a channel.</summary>
    internal abstract string Layout { get; }
}

/// <summary>One of a node's outputs, with its row type.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="node">The node.</param>
/// <param name="index">The index among its outputs.</param>
public class NodeOutput<T>(StreamNode node, int index) : NodeOutput(node, index)
{
    internal override void CheckCodec() => Codec<T>.Check();

    internal override Exchange NewRebalance() => new RebalanceExchange<T>();

    /// <inheritdoc/>
    internal override string Layout => Graph.Layout.Of<T>();
}

/// <summary>An input of a node.</summary>
/// <param name="From">The output that the rows come from.</param>
/// <param name="Port">The port that the rows go to: nodes with several typed inputs have several ports.</param>
/// <param name="Exchange">How the rows are distributed over the subtasks.</param>
public sealed record NodeInput(NodeOutput From, int Port, Exchange Exchange);

/// <summary>A side output of a node's function.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SideNodeOutput<T> : NodeOutput<T>, ISideNodeOutput
{
    internal SideNodeOutput(StreamNode node, int index, SideOutput<T> output)
        : base(node, index) => Output = output;

    /// <summary>The side output.</summary>
    public SideOutput<T> Output { get; }

    /// <inheritdoc/>
    public string Name => Output.Name;

    /// <inheritdoc/>
    public TResult Accept<TResult>(ISideOutputVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A side output of a node, without its row type.</summary>
public interface ISideNodeOutput
{
    /// <summary>Its name, unique in the node.</summary>
    string Name { get; }

    /// <summary>Calls the visitor with the row type.</summary>
    TResult Accept<TResult>(ISideOutputVisitor<TResult> visitor);
}

/// <summary>Visits side outputs with their row types.</summary>
/// <typeparam name="TResult">The result of a visit.</typeparam>
public interface ISideOutputVisitor<out TResult>
{
    /// <summary>A side output.</summary>
    TResult Visit<T>(SideNodeOutput<T> output);
}

/// <summary>The layout of a type in a graph's fingerprint. It differs between versions of a type that are encoded differently.</summary>
internal static class Layout
{
    /// <summary>The schema of the type's codec. A type without a codec crosses no channel, so its name is enough.</summary>
    public static string Of<T>() => Codec<T>.Exists ? Codec<T>.Instance.Schema.ToString() : typeof(T).ToString();
}
