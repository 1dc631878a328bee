using QueryStream.Streams.Functions;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Graph;

/// <summary>Windows that keep their rows, with a function over them, and a trigger and an evictor of the job's own.</summary>
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

    /// <summary>What the job does with them.</summary>
    public RowWindowFunctions<T, TKey, TOut> Functions { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }

    /// <summary>Where rows go that came too late.</summary>
    public SideOutput<T> Late { get; } = new("$late");

    internal override bool UsesEventTime => Settings.UsesEventTime;

    /// <inheritdoc/>
    public override string Kind => $"RowWindow({Settings})";

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

/// <summary>What a job does with windows that keep their rows: makes each for one subtask.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that the function emits.</typeparam>
/// <param name="Function">Makes results.</param>
/// <param name="Trigger">Says when.</param>
/// <param name="Evictor">Takes rows out; null: none does.</param>
public sealed record RowWindowFunctions<T, TKey, TOut>(Func<WindowFunction<TKey, T, TOut>> Function, Func<Trigger<T>> Trigger, Func<Evictor<T>>? Evictor);
