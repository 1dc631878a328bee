using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>Runs a keyed function over the rows of one stream.</summary>
internal sealed class KeyedProcessOperator<TKey, TIn, TOut> : KeyedFunctionOperator<TKey, TOut>
{
    private readonly KeyedProcessFunction<TKey, TIn, TOut> _function;

    public KeyedProcessOperator(TaskContext context, KeyedProcessNode<TKey, TIn, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _function = node.Function();
        _function.Open(States);
        States.Close();
        Rows = new KeyedPort<TIn>(this, node.Key, (in TIn row) => _function.Process(row, Function));
    }

    /// <summary>Takes the rows.</summary>
    public IInput<TIn> Rows { get; }

    protected override void OnTimer(EventTime time, TimeDomain domain) => _function.OnTimer(time, domain, Function);
}
