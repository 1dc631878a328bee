using QueryStream.Streams.Functions;

namespace QueryStream.Streams.Graph;

/// <summary>A function over rows.</summary>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public sealed class ProcessNode<TIn, TOut> : StreamNode
{
    internal ProcessNode(NodeInput[] inputs, Func<ProcessFunction<TIn, TOut>> function)
        : base("Process", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>Creates the function of one subtask.</summary>
    public Func<ProcessFunction<TIn, TOut>> Function { get; }

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "Process";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((_, state) => Function().Open(state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A function over the rows of two streams.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public sealed class CoProcessNode<TLeft, TRight, TOut> : StreamNode
{
    internal CoProcessNode(NodeInput[] inputs, Func<CoProcessFunction<TLeft, TRight, TOut>> function)
        : base("CoProcess", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>Creates the function of one subtask.</summary>
    public Func<CoProcessFunction<TLeft, TRight, TOut>> Function { get; }

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "CoProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((_, state) => Function().Open(state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A function over the rows of a stream and over broadcast rows.</summary>
/// <typeparam name="TIn">The rows of the stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public sealed class BroadcastProcessNode<TIn, TBroadcast, TOut> : StreamNode
{
    internal BroadcastProcessNode(NodeInput[] inputs, Func<BroadcastProcessFunction<TIn, TBroadcast, TOut>> function)
        : base("BroadcastProcess", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>Creates the function of one subtask.</summary>
    public Func<BroadcastProcessFunction<TIn, TBroadcast, TOut>> Function { get; }

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "BroadcastProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((_, state) => Function().Open(state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>The base of nodes over two keyed streams.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public abstract class KeyedPairNode<TKey, TLeft, TRight, TOut> : StreamNode
{
    /// <summary>The port of the first stream's rows.</summary>
    public const int LeftPort = 0;

    /// <summary>The port of the second stream's rows.</summary>
    public const int RightPort = 1;

    private protected KeyedPairNode(string name, KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right)
        : base(name, [.. left.Inputs(LeftPort), .. right.Inputs(RightPort)])
    {
        LeftKey = left.Key;
        RightKey = right.Key;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The key of a row of the first stream.</summary>
    public Func<TLeft, TKey> LeftKey { get; }

    /// <summary>The key of a row of the second stream.</summary>
    public Func<TRight, TKey> RightKey { get; }

    /// <inheritdoc/>
    public override NodeKey StateKey => NodeKey<TKey>.Instance;

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }
}

/// <summary>A function over keyed rows, with state and timers.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
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

    /// <summary>Creates the function of one subtask.</summary>
    public Func<KeyedProcessFunction<TKey, TIn, TOut>> Function { get; }

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedProcess";

    /// <inheritdoc/>
    public override NodeKey StateKey => NodeKey<TKey>.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((keyed, _) => Function().Open(keyed));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A function over two keyed streams, with shared state and timers.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
public sealed class KeyedCoProcessNode<TKey, TLeft, TRight, TOut> : KeyedPairNode<TKey, TLeft, TRight, TOut>
{
    internal KeyedCoProcessNode(
        KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right, Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> function)
        : base("KeyedCoProcess", left, right) => Function = function;

    /// <summary>Creates the function of one subtask.</summary>
    public Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> Function { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedCoProcess";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((keyed, _) => Function().Open(keyed));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A function over keyed rows and broadcast rows.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows of the keyed stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
/// <typeparam name="TOut">The rows that it emits.</typeparam>
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

    /// <summary>Creates the function of one subtask.</summary>
    public Func<KeyedBroadcastProcessFunction<TKey, TIn, TBroadcast, TOut>> Function { get; }

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyedBroadcastProcess";

    /// <inheritdoc/>
    public override NodeKey StateKey => NodeKey<TKey>.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => StateOf((keyed, state) => Function().Open(keyed, state));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
