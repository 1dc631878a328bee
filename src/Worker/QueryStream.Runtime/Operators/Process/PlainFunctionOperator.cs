using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators.Process;

/// <summary>The base of functions without keys: state of the subtask, and the end of the input. Used in turns of one task.</summary>
/// <typeparam name="TOut">The rows that are emitted.</typeparam>
internal abstract class PlainFunctionOperator<TOut> : FunctionOperator, IStatefulOperator
{
    private readonly FunctionOutputs<TOut> _outputs;
    private bool _isEnding;
    private bool _hasEnded;

    protected PlainFunctionOperator(TaskContext context, StreamNode node, FunctionOutputs<TOut> outputs)
        : base(context, node, outputs)
    {
        Id = node.Id;
        _outputs = outputs;
        Function = new PlainFunctionContext<TOut>(context, outputs);
        States = new OperatorStates(context);
        context.Stateful.Add(this);
    }

    public OperatorId Id { get; }

    /// <summary>The context of the function.</summary>
    protected PlainFunctionContext<TOut> Function { get; }

    /// <summary>Creates the states that the function declares.</summary>
    protected OperatorStates States { get; }

    public override void Forward(in Control control)
    {
        if (control.Kind == ControlKind.Watermark)
        {
            Function.SetWatermark(control.Watermark);
        }
        else if (control.Kind == ControlKind.Barrier)
        {
            if (Function.Watermark == EventTime.MaxValue)
            {
                // The barrier of a draining savepoint: no more rows follow.
                End();
            }

            Context.Capture(this);
        }
        else if (control.Kind == ControlKind.End)
        {
            End();
        }

        base.Forward(control);
    }

    public override string? DescribePosition() => _isEnding ? "at the end of the input" : base.DescribePosition();

    public void Capture(StateCapture capture) => States.Capture(capture);

    public Task RestoreAsync(StateReader state) => States.RestoreAsync(state);

    /// <summary>Calls the function's <c>OnEnd</c>.</summary>
    protected abstract void OnEnd();

    private void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        BeginPortion();
        Function.SetTime(Function.Watermark);
        _isEnding = true;
        OnEnd();
        _isEnding = false;
        EndPortion(0);
    }

    /// <summary>A port whose rows the function processes one by one.</summary>
    /// <param name="owner">The operator.</param>
    /// <param name="process">Calls the function.</param>
    protected sealed class RowPort<TRow>(PlainFunctionOperator<TOut> owner, RowAction<TRow> process) : Port<TRow>(owner)
    {
        protected override void Call(Batch<TRow> batch, ref int row)
        {
            ReadOnlySpan<EventTime> times = batch.Times;
            ReadOnlySpan<TRow> rows = batch.Rows;
            int i = row;
            for (; i < rows.Length && !owner._outputs.HasFull; i++)
            {
                row = i;
                BeginRow();
                owner.Function.SetTime(times[i]);
                process(rows[i]);
            }

            row = i;
        }
    }
}
