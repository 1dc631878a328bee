using QueryStream.Core.Codecs;
using QueryStream.Streams.Functions;

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

    /// <summary>Spreads its rows evenly.</summary>
    internal abstract Exchange NewRebalance();

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

    internal override Exchange NewRebalance() => new RebalanceExchange<T>();

    /// <inheritdoc/>
    internal override string Layout => Graph.Layout.Of<T>();
}

/// <summary>One way by which rows reach a node.</summary>
/// <param name="From">The output that they come from.</param>
/// <param name="Port">The input of the node that they reach: nodes with several typed inputs have several.</param>
/// <param name="Exchange">How they are spread over the subtasks.</param>
public sealed record NodeInput(NodeOutput From, int Port, Exchange Exchange);

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

/// <summary>A side output of a node, whatever its rows are.</summary>
public interface ISideNodeOutput
{
    /// <summary>Its name, unique in the node.</summary>
    string Name { get; }

    /// <summary>Hands it to the visitor with its row type.</summary>
    TResult Accept<TResult>(ISideOutputVisitor<TResult> visitor);
}

/// <summary>Meets side outputs with their row types.</summary>
/// <typeparam name="TResult">What it makes.</typeparam>
public interface ISideOutputVisitor<out TResult>
{
    /// <summary>A side output.</summary>
    TResult Visit<T>(SideNodeOutput<T> output);
}

/// <summary>The layout of a type as a part of a graph's fingerprint: two versions of a type that are encoded differently differ in it.</summary>
internal static class Layout
{
    /// <summary>The schema of the type's codec, with all members; of a type without one, which crosses no channel, its name.</summary>
    public static string Of<T>() => Codec<T>.Exists ? Codec<T>.Instance.Schema.ToString() : typeof(T).ToString();
}
