using QueryStream.Core.Identity;

namespace QueryStream.Streams.Graph;

/// <summary>Maps each row to one row.</summary>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The output rows.</typeparam>
public sealed class MapNode<TIn, TOut> : StreamNode
{
    internal MapNode(NodeInput[] inputs, Func<TIn, TOut> function)
        : base("Map", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The user's function.</summary>
    public Func<TIn, TOut> Function { get; }

    /// <summary>The output rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "Map";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Filters rows.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class FilterNode<T> : StreamNode
{
    internal FilterNode(NodeInput[] inputs, Func<T, bool> condition)
        : base("Filter", inputs)
    {
        Condition = condition;
        Rows = new NodeOutput<T>(this, 0);
    }

    /// <summary>The user's condition.</summary>
    public Func<T, bool> Condition { get; }

    /// <summary>The rows that meet the condition.</summary>
    public NodeOutput<T> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "Filter";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Maps each row to any number of rows.</summary>
/// <typeparam name="TIn">The input rows.</typeparam>
/// <typeparam name="TOut">The output rows.</typeparam>
public sealed class FlatMapNode<TIn, TOut> : StreamNode
{
    internal FlatMapNode(NodeInput[] inputs, FlatMapFunction<TIn, TOut> function)
        : base("FlatMap", inputs)
    {
        Function = function;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The user's function.</summary>
    public FlatMapFunction<TIn, TOut> Function { get; }

    /// <summary>The output rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "FlatMap";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Counts rows into a counter of the job and passes them on.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class CountNode<T> : StreamNode
{
    internal CountNode(NodeInput[] inputs, string counter, Func<T, bool>? condition)
        : base("Count", inputs)
    {
        Counter = counter;
        Condition = condition;
        InheritsParallelism = true;
        Rows = new NodeOutput<T>(this, 0);
    }

    /// <summary>The counter's name.</summary>
    public string Counter { get; }

    /// <summary>Which rows count; null: all.</summary>
    public Func<T, bool>? Condition { get; }

    /// <summary>The same rows.</summary>
    public NodeOutput<T> Rows { get; }

    internal override bool HasExternalEffect => true;

    /// <inheritdoc/>
    public override string Kind => $"Count({Counter})";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Counts distinct records into a counter of the job.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class CountOnceNode<T> : StreamNode
{
    internal CountOnceNode(NodeInput[] inputs, string counter, Func<T, RecordPosition> position)
        : base("CountOnce", inputs)
    {
        Counter = counter;
        Position = position;
    }

    /// <summary>The counter's name.</summary>
    public string Counter { get; }

    /// <summary>The position that identifies a record.</summary>
    public Func<T, RecordPosition> Position { get; }

    internal override bool HasExternalEffect => true;

    /// <inheritdoc/>
    public override string Kind => $"CountOnce({Counter})";

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => [NodeState.Own("offsets seen")];

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
