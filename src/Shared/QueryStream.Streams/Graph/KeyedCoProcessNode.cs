using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over the rows of keys of two streams, with state and timers that both share.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public sealed class KeyedCoProcessNode<TKey, TLeft, TRight, TOut> : StreamNode
{
    /// <summary>The port of the first stream's rows.</summary>
    public const int LeftPort = 0;

    /// <summary>The port of the second stream's rows.</summary>
    public const int RightPort = 1;

    internal KeyedCoProcessNode(
        NodeInput[] inputs, Func<TLeft, TKey> leftKey, Func<TRight, TKey> rightKey, Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> function)
        : base("KeyedCoProcess", inputs)
    {
        LeftKey = leftKey;
        RightKey = rightKey;
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The key of a row of the first stream.</summary>
    public Func<TLeft, TKey> LeftKey { get; }

    /// <summary>The key of a row of the second stream.</summary>
    public Func<TRight, TKey> RightKey { get; }

    /// <summary>Makes the function of one subtask.</summary>
    public Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> Function { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedCoProcess";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
