using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over the rows of keys and over broadcast rows.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows of the keyed stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class KeyedBroadcastProcessNode<TKey, TIn, TBroadcast, TOut> : StreamNode
{
    internal KeyedBroadcastProcessNode(
        NodeInput[] inputs, Func<TIn, TKey> key, Func<KeyedBroadcastProcessFunction<TKey, TIn, TBroadcast, TOut>> function)
        : base("KeyedBroadcastProcess", inputs)
    {
        Key = key;
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The key of a row of the keyed stream.</summary>
    public Func<TIn, TKey> Key { get; }

    /// <summary>Makes the function of one subtask.</summary>
    public Func<KeyedBroadcastProcessFunction<TKey, TIn, TBroadcast, TOut>> Function { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedBroadcastProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((keyed, state) => Function().Open(keyed, state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
