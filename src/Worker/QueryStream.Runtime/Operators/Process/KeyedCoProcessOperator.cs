using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a keyed function over the rows of two streams.</summary>
internal sealed class KeyedCoProcessOperator<TKey, TLeft, TRight, TOut> : KeyedFunctionOperator<TKey, TOut>
{
    private readonly KeyedCoProcessFunction<TKey, TLeft, TRight, TOut> _function;

    public KeyedCoProcessOperator(
        TaskContext context,
        KeyedCoProcessNode<TKey, TLeft, TRight, TOut> node,
        FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _function = node.Function();
        _function.Open(States);
        States.Close();
        Left = new KeyedPort<TLeft>(this, node.LeftKey, (in TLeft row) => _function.ProcessLeft(row, Function));
        Right = new KeyedPort<TRight>(this, node.RightKey, (in TRight row) => _function.ProcessRight(row, Function));
    }

    /// <summary>Takes the rows of the first stream.</summary>
    public IInput<TLeft> Left { get; }

    /// <summary>Takes the rows of the second stream.</summary>
    public IInput<TRight> Right { get; }

    protected override void OnTimer(EventTime time, TimeDomain domain) => _function.OnTimer(time, domain, Function);
}
