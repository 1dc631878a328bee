using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over the rows of a stream and over broadcast rows.</summary>
/// <typeparam name="TIn">The rows of the stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class BroadcastProcessNode<TIn, TBroadcast, TOut> : StreamNode
{
    internal BroadcastProcessNode(NodeInput[] inputs, Func<BroadcastProcessFunction<TIn, TBroadcast, TOut>> function)
        : base("BroadcastProcess", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>Makes the function of one subtask.</summary>
    public Func<BroadcastProcessFunction<TIn, TBroadcast, TOut>> Function { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "BroadcastProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((_, state) => Function().Open(state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
