using QueryStream.Streams.Functions;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Graph;

/// <summary>Windows that keep their rows, with a window function, a trigger and an evictor.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
public sealed class RowWindowNode<T, TKey, TOut> : StreamNode
{
    internal RowWindowNode(NodeInput[] inputs, Func<T, TKey> key, WindowSettings settings, RowWindowFunctions<T, TKey, TOut> functions)
        : base("RowWindow", inputs)
    {
        Key = key;
        Settings = settings;
        Functions = functions;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The key of a row.</summary>
    public Func<T, TKey> Key { get; }

    /// <summary>The windows.</summary>
    public WindowSettings Settings { get; }

    /// <summary>The functions of the job.</summary>
    public RowWindowFunctions<T, TKey, TOut> Functions { get; }

    /// <summary>The emitted rows.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <summary>The late rows.</summary>
    public SideOutput<T> Late { get; } = new("$late");

    /// <inheritdoc/>
    public override bool UsesEventTime => Settings.UsesEventTime;

    /// <inheritdoc/>
    public override string Kind => $"RowWindow({Settings})";

    /// <inheritdoc/>
    public override NodeKey StateKey => NodeKey<TKey>.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<NodeState> DescribeState() =>
    [
        NodeState.Own("windows"),
        NodeState.Own("rows"),
        .. StateOf((keyed, _) =>
        {
            Functions.Function().Open(keyed);
            Functions.Trigger().Open(keyed);
        }),
    ];

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>The functions of windows that keep their rows; each delegate creates one for a subtask.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
/// <param name="Function">The window function.</param>
/// <param name="Trigger">The trigger.</param>
/// <param name="Evictor">The evictor; null: none.</param>
public sealed record RowWindowFunctions<T, TKey, TOut>(
    Func<WindowFunction<TKey, T, TOut>> Function, Func<Trigger<T>> Trigger, Func<Evictor<T>>? Evictor);
