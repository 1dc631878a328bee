using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a function over the rows of a stream and over broadcast rows.</summary>
internal sealed class BroadcastProcessOperator<TIn, TBroadcast, TOut> : PlainFunctionOperator<TOut>
{
    private readonly BroadcastProcessFunction<TIn, TBroadcast, TOut> _function;

    public BroadcastProcessOperator(TaskContext context, BroadcastProcessNode<TIn, TBroadcast, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _function = node.Function();
        _function.Open(States);
        States.Close();
        Rows = new RowPort<TIn>(this, (in TIn row) => _function.Process(row, Function));
        Broadcast = new RowPort<TBroadcast>(this, ProcessBroadcast);
    }

    /// <summary>Takes the rows of the stream.</summary>
    public IInput<TIn> Rows { get; }

    /// <summary>Takes the broadcast rows.</summary>
    public IInput<TBroadcast> Broadcast { get; }

    protected override void OnEnd() => _function.OnEnd(Function);

    private void ProcessBroadcast(in TBroadcast row)
    {
        States.IsWritable = true;
        try
        {
            _function.ProcessBroadcast(row, Function);
        }
        finally
        {
            States.IsWritable = false;
        }
    }
}
