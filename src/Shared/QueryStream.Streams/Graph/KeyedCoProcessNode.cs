using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over the rows of keys of two streams, with state and timers that both share.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class KeyedCoProcessNode<TKey, TLeft, TRight, TOut> : KeyedPairNode<TKey, TLeft, TRight, TOut>
{
    internal KeyedCoProcessNode(
        KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right, Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> function)
        : base("KeyedCoProcess", left, right) => Function = function;

    /// <summary>Makes the function of one subtask.</summary>
    public Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> Function { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedCoProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((keyed, _) => Function().Open(keyed));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
