using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over the rows of keys, with state and timers.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows it is given.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class KeyedProcessNode<TKey, TIn, TOut> : StreamNode
{
    internal KeyedProcessNode(NodeInput[] inputs, Func<TIn, TKey> key, Func<KeyedProcessFunction<TKey, TIn, TOut>> function)
        : base("KeyedProcess", inputs)
    {
        Key = key;
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The key of a row.</summary>
    public Func<TIn, TKey> Key { get; }

    /// <summary>Makes the function of one subtask.</summary>
    public Func<KeyedProcessFunction<TKey, TIn, TOut>> Function { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((keyed, _) => Function().Open(keyed));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
