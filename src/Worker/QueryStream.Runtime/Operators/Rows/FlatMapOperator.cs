using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Rows;

/// <summary>Emits any number of rows for each row.</summary>
internal sealed class FlatMapOperator<TIn, TOut> : FunctionOperator
{
    private readonly FlatMapFunction<TIn, TOut> _function;
    private readonly FunctionOutputs<TOut> _outputs;
    private readonly Action<TOut> _emit;
    private EventTime _time;

    public FlatMapOperator(TaskContext context, FlatMapNode<TIn, TOut> node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        _function = node.Function;
        _outputs = outputs;
        _emit = row => _outputs.Emit(row, _time);
        Rows = new RowPort(this);
    }

    /// <summary>Takes the rows.</summary>
    public IInput<TIn> Rows { get; }

    private sealed class RowPort(FlatMapOperator<TIn, TOut> owner) : Port<TIn>(owner)
    {
        protected override void Call(Batch<TIn> batch, ref int row)
        {
            ReadOnlySpan<EventTime> times = batch.Times;
            ReadOnlySpan<TIn> rows = batch.Rows;
            int i = row;
            for (; i < rows.Length && !owner._outputs.HasFull; i++)
            {
                row = i;
                BeginRow();
                owner._time = times[i];
                owner._function(rows[i], owner._emit);
            }

            row = i;
        }
    }
}
