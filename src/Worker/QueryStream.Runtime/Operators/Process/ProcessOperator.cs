using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a function over single rows.</summary>
internal sealed class ProcessOperator<TIn, TOut> : PlainFunctionOperator<TOut>
{
    private readonly ProcessFunction<TIn, TOut> _function;

    public ProcessOperator(TaskContext context, ProcessNode<TIn, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _function = node.Function();
        _function.Open(States);
        States.Close();
        Rows = new RowPort<TIn>(this, (in TIn row) => _function.Process(row, Function));
    }

    /// <summary>Takes the rows.</summary>
    public IInput<TIn> Rows { get; }

    protected override void OnEnd() => _function.OnEnd(Function);
}
