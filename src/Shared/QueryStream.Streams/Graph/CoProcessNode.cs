using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over the rows of two streams.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class CoProcessNode<TLeft, TRight, TOut> : StreamNode
{
    internal CoProcessNode(NodeInput[] inputs, Func<CoProcessFunction<TLeft, TRight, TOut>> function)
        : base("CoProcess", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>Makes the function of one subtask.</summary>
    public Func<CoProcessFunction<TLeft, TRight, TOut>> Function { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "CoProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((_, state) => Function().Open(state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
