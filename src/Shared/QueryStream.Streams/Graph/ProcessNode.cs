using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over rows.</summary>
/// <typeparam name="TIn">The rows it is given.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class ProcessNode<TIn, TOut> : StreamNode
{
    internal ProcessNode(NodeInput[] inputs, Func<ProcessFunction<TIn, TOut>> function)
        : base("Process", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>Makes the function of one subtask.</summary>
    public Func<ProcessFunction<TIn, TOut>> Function { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "Process";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((_, state) => Function().Open(state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
