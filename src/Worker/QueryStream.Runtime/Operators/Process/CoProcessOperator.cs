using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a function over the rows of two streams.</summary>
internal sealed class CoProcessOperator<TLeft, TRight, TOut> : PlainFunctionOperator<TOut>
{
    private readonly CoProcessFunction<TLeft, TRight, TOut> _function;

    public CoProcessOperator(TaskContext context, CoProcessNode<TLeft, TRight, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _function = node.Function();
        _function.Open(States);
        States.Close();
        Left = new RowPort<TLeft>(this, (in TLeft row) => _function.ProcessLeft(row, Function));
        Right = new RowPort<TRight>(this, (in TRight row) => _function.ProcessRight(row, Function));
    }

    /// <summary>Takes the rows of the first stream.</summary>
    public IInput<TLeft> Left { get; }

    /// <summary>Takes the rows of the second stream.</summary>
    public IInput<TRight> Right { get; }

    protected override void OnEnd() => _function.OnEnd(Function);
}
