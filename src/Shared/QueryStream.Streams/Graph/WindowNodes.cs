using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Graph;

/// <summary>
/// The first phase of a window aggregation: pre-aggregates rows before the exchange, and sends one partial result for each key and slice. Rows behind
/// the local watermark are sent as they are, since only the second phase decides which rows are late.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <typeparam name="TOut">The value of a window.</typeparam>
public sealed class LocalWindowNode<T, TKey, TAccumulator, TOut> : StreamNode
    where TAccumulator : struct
{
    internal LocalWindowNode(NodeInput[] inputs, WindowAggregation<T, TKey, TAccumulator, TOut> aggregation)
        : base("LocalWindow", inputs)
    {
        Aggregation = aggregation;
        InheritsParallelism = true;
        Partials = new NodeOutput<Partial<TKey, TAccumulator>>(this, 0);
        Rows = new NodeOutput<T>(this, 1);
    }

    /// <summary>The aggregation.</summary>
    public WindowAggregation<T, TKey, TAccumulator, TOut> Aggregation { get; }

    /// <summary>Partial results.</summary>
    public NodeOutput<Partial<TKey, TAccumulator>> Partials { get; }

    /// <summary>Rows behind the local watermark.</summary>
    public NodeOutput<T> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => $"LocalWindow({Aggregation.Settings})";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>The second phase of a window aggregation, or all of it: keeps the state, fires the windows, and decides which rows are late.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <typeparam name="TOut">The value of a window.</typeparam>
public sealed class WindowNode<T, TKey, TAccumulator, TOut> : StreamNode
    where TAccumulator : struct
{
    /// <summary>The port of partial results.</summary>
    public const int PartialsPort = 0;

    /// <summary>The port of single rows.</summary>
    public const int RowsPort = 1;

    internal WindowNode(NodeInput[] inputs, WindowAggregation<T, TKey, TAccumulator, TOut> aggregation)
        : base("Window", inputs)
    {
        Aggregation = aggregation;
        Results = new NodeOutput<WindowResult<TKey, TOut>>(this, 0);
        Late = new NodeOutput<T>(this, 1);
    }

    /// <summary>The aggregation.</summary>
    public WindowAggregation<T, TKey, TAccumulator, TOut> Aggregation { get; }

    /// <summary>The results.</summary>
    public NodeOutput<WindowResult<TKey, TOut>> Results { get; }

    /// <summary>Late rows.</summary>
    public NodeOutput<T> Late { get; }

    /// <inheritdoc/>
    public override bool UsesEventTime => Aggregation.Settings.UsesEventTime;

    /// <inheritdoc/>
    public override string Kind => $"Window({Aggregation.Settings})";

    /// <inheritdoc/>
    public override NodeKey StateKey => NodeKey<TKey>.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() => [NodeState.Own("windows")];

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>A partial result of a window aggregation: the accumulator of one key and slice, from one subtask.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator; the receiver owns its objects.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Hash">Its stable hash.</param>
/// <param name="SliceEnd">The end of the slice.</param>
/// <param name="Accumulator">The accumulator.</param>
public readonly record struct Partial<TKey, TAccumulator>(TKey Key, ulong Hash, EventTime SliceEnd, TAccumulator Accumulator)
    where TAccumulator : struct;
