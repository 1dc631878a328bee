namespace QueryStream.Streams.Graph;

/// <summary>Maps rows asynchronously: an external system answers each row.</summary>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The output rows.</typeparam>
public sealed class AsyncMapNode<TIn, TOut> : StreamNode
{
    internal AsyncMapNode(NodeInput[] inputs, Func<TIn, CancellationToken, Task<TOut>> function, AsyncOptions options)
        : base("MapAsync", inputs)
    {
        Function = function;
        Options = options;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The function. Called on any thread, for several rows at a time.</summary>
    public Func<TIn, CancellationToken, Task<TOut>> Function { get; }

    /// <summary>How.</summary>
    public AsyncOptions Options { get; }

    /// <summary>The results.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "MapAsync";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => [NodeState.Own("rows in flight")];

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
